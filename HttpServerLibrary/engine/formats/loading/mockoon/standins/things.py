"""Stand-ins about goods, money, music, animals, vehicles and more."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, Final

from ..scene import Make
from ..values import is_number
from .making import amount, between, characters, digits, filled, from_words, joined, made, one_of, options, shape
from .people import company, full_name

_CURRENCIES: Final = (
    *(("Euro", "EUR", "\u20ac", "978"), ("US Dollar", "USD", "$", "840"), ("Yen", "JPY", "\u00a5", "392")),
    *(("Pound Sterling", "GBP", "\u00a3", "826"), ("Swiss Franc", "CHF", "CHF", "756")),
)
_ELEMENTS: Final = (
    ("H", "Hydrogen", 1),
    ("C", "Carbon", 6),
    ("O", "Oxygen", 8),
    ("Fe", "Iron", 26),
    ("Au", "Gold", 79),
)
_UNITS: Final = (("meter", "m"), ("second", "s"), ("kelvin", "K"), ("ampere", "A"), ("volt", "V"))
_AIRPORTS: Final = (("Lisbon Airport", "LIS"), ("Munich Airport", "MUC"), ("Narita Airport", "NRT"))
_AIRLINES: Final = (("Air France", "AF"), ("Lufthansa", "LH"), ("Qantas", "QF"))
_AIRPLANES: Final = (("Airbus A320", "320"), ("Boeing 737", "737"), ("Embraer 190", "E90"))
_ADJECTIVES: Final = ("Compact", "Elegant", "Handmade", "Modern", "Practical", "Recycled", "Rustic", "Small")
_MATERIALS: Final = ("Bamboo", "Cotton", "Glass", "Granite", "Metal", "Paper", "Steel", "Wooden")
_PRODUCTS: Final = ("Bike", "Chair", "Gloves", "Keyboard", "Lamp", "Mouse", "Shoes", "Table")
_DISHES: Final = ("Bean Soup", "Grilled Fish", "Lemon Pasta", "Mushroom Pie", "Pumpkin Curry", "Rice Salad")
_BOOKS: Final = ("A Quiet Harbor", "The Long Garden", "Winter Letters", "Seven Bridges")
_SONGS: Final = ("Morning Light", "River Road", "Blue Window", "Slow Train")


def _named(names: tuple[str, ...], choices: tuple[tuple[Any, ...], ...]) -> Make:
    return made(lambda random: dict(zip(names, random.choice(choices), strict=True)))


def _amount(low: int, high: int) -> Make:
    def make(random: Random, args: list[Any], named: Mapping[str, Any]) -> str:
        given = options(args, named)
        numbers = [arg for arg in args if is_number(arg)]
        least, most = between(random, [], given, *(numbers[:2] if len(numbers) > 1 else (low, high)))
        places = given.get("dec", numbers[2] if len(numbers) > 2 else 2)
        text = f"{random.uniform(least, most):.{max(0, min(10, int(places)))}f}"
        return f"{given.get('symbol', '')}{text}"

    return make


def _number(length: int) -> Make:
    return lambda random, args, named: digits(random, amount(random, args, named, "length", length))


def _product(random: Random) -> str:
    return f"{random.choice(_ADJECTIVES)} {random.choice(_MATERIALS)} {random.choice(_PRODUCTS)}"


def _isbn(random: Random) -> str:
    return filled(random, "978-0-###-#####-#")


def _card(random: Random) -> str:
    """Its last digit is right, as those who check cards see at once."""
    text = f"4{digits(random, 14)}"
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in text[::2])
    check = -(doubled + sum(map(int, text[1::2]))) % 10
    return "-".join(f"{text}{check}"[start : start + 4] for start in range(0, 16, 4))


def _iban(random: Random) -> str:
    """Its check digits are right."""
    account = digits(random, 18)
    # The letters DE are 13 and 14.
    return f"DE{98 - int(f'{account}131400') % 97:02}{account}"


def _transaction(random: Random) -> str:
    total = f"{random.uniform(1, 1000):.2f}"
    return f"payment of EUR {total} at {company(random)} using card ending in {digits(random, 4)}"


THINGS: Final[Mapping[str, Make]] = {
    "airline.aircraftType": from_words("narrowbody regional widebody"),
    "airline.airline": _named(("name", "iataCode"), _AIRLINES),
    "airline.airplane": _named(("name", "iataTypeCode"), _AIRPLANES),
    "airline.airport": _named(("name", "iataCode"), _AIRPORTS),
    "airline.flightNumber": _number(4),
    "airline.recordLocator": shape("??????"),
    "airline.seat": made(lambda random: f"{random.randint(1, 35)}{random.choice('ABCDEF')}"),
    "animal.bear": one_of("Brown bear", "Polar bear", "Sloth bear"),
    "animal.bird": one_of("Barn Owl", "House Sparrow", "Mallard", "Osprey"),
    "animal.cat": one_of("Bengal", "Birman", "Persian", "Siamese"),
    "animal.cetacean": one_of("Blue Whale", "Narwhal", "Orca"),
    "animal.cow": one_of("Angus cattle", "Brown Swiss", "Jersey cattle"),
    "animal.crocodilia": one_of("American Alligator", "Nile Crocodile"),
    "animal.dog": one_of("Beagle", "Boxer", "Collie", "Terrier"),
    "animal.fish": one_of("Atlantic cod", "Carp", "Herring", "Tilapia"),
    "animal.horse": one_of("Andalusian Horse", "Haflinger", "Lipizzan"),
    "animal.insect": one_of("Carpenter ant", "Honey bee", "Mayfly"),
    "animal.lion": one_of("Asiatic Lion", "Cape lion"),
    "animal.petName": from_words("Bella Coco Luna Max Rocky"),
    "animal.rabbit": one_of("Angora", "Dutch", "Lionhead"),
    "animal.rodent": one_of("Brown rat", "Capybara", "Degu"),
    "animal.snake": one_of("Boa", "Corn snake", "King cobra"),
    "animal.type": from_words("bear bird cat cow dog fish horse lion rabbit snake"),
    "book.author": made(full_name),
    "book.format": from_words("Audiobook Ebook Hardcover Paperback"),
    "book.genre": from_words("Adventure Biography Fantasy History Mystery Poetry"),
    "book.publisher": made(company),
    "book.series": one_of(*_BOOKS),
    "book.title": one_of(*_BOOKS),
    "commerce.department": from_words("Automotive Books Clothing Games Garden Health Music Sports Tools Toys"),
    "commerce.isbn": made(_isbn),
    "commerce.price": _amount(1, 1000),
    "commerce.product": one_of(*_PRODUCTS),
    "commerce.productAdjective": one_of(*_ADJECTIVES),
    "commerce.productDescription": made(lambda random: f"{_product(random)} for every day"),
    "commerce.productMaterial": one_of(*_MATERIALS),
    "commerce.productName": made(_product),
    "finance.accountName": one_of("Checking Account", "Credit Card Account", "Savings Account"),
    "finance.accountNumber": _number(8),
    "finance.amount": _amount(0, 1000),
    "finance.bic": shape("????DE##XXX"),
    "finance.bitcoinAddress": made(lambda random: f"bc1{characters(random, 'acdefghjklmnpqrstuvwxyz023456789', 39)}"),
    "finance.creditCardCVV": shape("###"),
    "finance.creditCardIssuer": from_words("mastercard visa discover"),
    "finance.creditCardNumber": made(_card),
    "finance.currency": _named(("name", "code", "symbol", "numericCode"), _CURRENCIES),
    "finance.currencyCode": one_of(*(currency[1] for currency in _CURRENCIES)),
    "finance.currencyName": one_of(*(currency[0] for currency in _CURRENCIES)),
    "finance.currencyNumericCode": one_of(*(currency[3] for currency in _CURRENCIES)),
    "finance.currencySymbol": one_of(*(currency[2] for currency in _CURRENCIES)),
    "finance.ethereumAddress": made(lambda random: f"0x{characters(random, '0123456789abcdef', 40)}"),
    "finance.iban": made(_iban),
    "finance.litecoinAddress": made(
        lambda random: f"M{characters(random, 'abcdefghkmnpqrstuvwxyzABCDEFGH123456789', 30)}"
    ),
    "finance.maskedNumber": shape("(...####)"),
    "finance.pin": _number(4),
    "finance.routingNumber": _number(9),
    "finance.transactionDescription": made(_transaction),
    "finance.transactionType": from_words("deposit invoice payment withdrawal"),
    "food.adjective": from_words("crispy fresh juicy rich salty sweet tender"),
    "food.description": made(lambda random: f"{random.choice(_DISHES)} with fresh herbs"),
    "food.dish": one_of(*_DISHES),
    "food.ethnicCategory": from_words("French Greek Indian Italian Japanese Mexican Thai"),
    "food.fruit": from_words("apple cherry fig lemon mango orange pear plum"),
    "food.ingredient": from_words("butter flour honey milk oats rice salt"),
    "food.meat": from_words("beef chicken duck lamb pork"),
    "food.spice": from_words("basil cinnamon cumin ginger mint pepper saffron"),
    "food.vegetable": from_words("bean carrot leek onion pea potato pumpkin"),
    "music.album": one_of(*_SONGS),
    "music.artist": made(full_name),
    "music.genre": from_words("Blues Classical Country Folk Jazz Pop Rock Soul"),
    "music.songName": one_of(*_SONGS),
    "science.chemicalElement": _named(("symbol", "name", "atomicNumber"), _ELEMENTS),
    "science.unit": _named(("name", "symbol"), _UNITS),
    "vehicle.bicycle": one_of("City Bicycle", "Mountain Bicycle", "Road Bicycle"),
    "vehicle.color": from_words("black blue green grey red silver white"),
    "vehicle.fuel": from_words("Diesel Electric Gasoline Hybrid"),
    "vehicle.manufacturer": from_words("Audi Fiat Ford Honda Kia Mazda Toyota Volvo"),
    "vehicle.model": from_words("Civic Fiesta Focus Golf Model3 Polo"),
    "vehicle.type": from_words("Cargo Convertible Coupe Hatchback Sedan SUV Wagon"),
    "vehicle.vehicle": made(lambda random: joined(random, ("Ford Focus", "Honda Civic", "Fiat 500"), 1)),
    "vehicle.vin": made(lambda random: characters(random, "ABCDEFGHJKLMNPRSTUVWXYZ0123456789", 17)),
    "vehicle.vrm": shape("??##???"),
}
