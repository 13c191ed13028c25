// A single-page application: it shows the order that the path names, and tells the server what is on the page.
const answer = await fetch(`/api${location.pathname}`);
const order = await answer.json();
document.getElementById("order").textContent = `${order.item} (${order.quantity})`;
await fetch("/api/seen", {
    method: "POST",
    body: JSON.stringify({
        path: location.pathname,
        title: document.title,
        order: document.getElementById("order").textContent,
        colour: getComputedStyle(document.querySelector("h1")).color,
    }),
});
