"""The project's commands: ``nox`` runs all that must pass, ``nox -s demo`` the demo, ``nox -s docs`` builds the site.

Every session but ``pythons`` and ``lowest`` runs on the Python that nox itself runs on.
What follows ``--`` goes to the tool of the session.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "utest", "atest", "coverage", "demo"]
nox.options.reuse_venv = "yes"
nox.options.default_venv_backend = "virtualenv"
# In CI, too: one machine need not have every Python.
nox.options.error_on_missing_interpreters = False

PYPROJECT = nox.project.load_toml("pyproject.toml")
# Those of the classifiers.
PYTHONS = nox.project.python_versions(PYPROJECT)
RESULTS = Path("results").resolve()
COVERAGE = RESULTS / "coverage"
# To measure which lines they run takes three times as long as they do, and others run these lines, too.
UNMEASURED = (
    "utest/masking/test_nothing_shows.py",
    "utest/test_documentation.py",
    "utest/test_pages.py",
    "utest/test_pictures.py",
    "utest/wire/test_vectors.py",
)
ROBOT_FRAMEWORKS = {
    "rf7.2": "robotframework==7.2.*",
    "rf7.4": "robotframework==7.4.*",
    "newest": "robotframework",
}
# Set in the environment, they also hold for workers, and for the robots of child runs.
MODES = {
    # But not those that pabot gets from Robot Framework.
    "every warning is an error": {"PYTHONWARNINGS": "error,ignore:'robot.utils."},
    "no assert statements": {"PYTHONOPTIMIZE": "1"},
    "Python's development mode": {"PYTHONDEVMODE": "1"},
}


def install(session: nox.Session, *what: str, group: str) -> None:
    session.install(*what, *nox.project.dependency_groups(PYPROJECT, group))


def without_proxy(session: nox.Session) -> None:
    """Clients in the tests call this machine, which a proxy in the environment cannot reach."""
    for name in ("NO_PROXY", "no_proxy"):
        session.env[name] = "localhost,127.0.0.1,::1"
    # Hundreds of processes import the library; without this, some machines let each compile it anew.
    session.env["PYTHONDONTWRITEBYTECODE"] = ""


def measure(session: nox.Session) -> None:
    """Lets every Python process of the session note which lines it runs: also workers, and the robots of child runs."""
    COVERAGE.mkdir(parents=True, exist_ok=True)
    for file in COVERAGE.glob(".coverage.*"):
        file.unlink()
    session.env["COVERAGE_PROCESS_START"] = str(Path("pyproject.toml").resolve())
    session.env["COVERAGE_FILE"] = str(COVERAGE / ".coverage")


@nox.session
def lint(session: nox.Session) -> None:
    """Lint, format, type and spelling checks."""
    install(session, "-e", ".[all]", group="lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("codespell")
    session.run("robocop", "check", "atest", "examples")
    session.run("robocop", "format", "--check", "--no-overwrite", "atest", "examples")


@nox.session
def utest(session: nox.Session) -> None:
    """The engine without Robot Framework, the README and the generated documentation."""
    without_proxy(session)
    install(session, "-e", ".[all]", group="utest")
    if session.posargs:
        session.run("pytest", *session.posargs)
        return
    pytest(session, *UNMEASURED)
    measure(session)
    pytest(session, *(f"--ignore={path}" for path in UNMEASURED))


@nox.session
@nox.parametrize("version", list(ROBOT_FRAMEWORKS), ids=list(ROBOT_FRAMEWORKS))
def atest(session: nox.Session, version: str) -> None:
    """What users see, in Robot Framework's oldest, an older and the newest version."""
    without_proxy(session)
    # Not editable: what users install is what is tested.
    install(session, "--upgrade", ".[all]", ROBOT_FRAMEWORKS[version], group="atest")
    options = list(session.posargs)
    if version == "rf7.4" and not session.posargs:
        # The oldest and the newest version run everything.
        options = ["--exclude", "matching", "--exclude", "formats"]
    pabot(session, f"atest-{version}", *options)


def pytest(session: nox.Session, *options: str) -> None:
    # Many tests wait for sockets, so more of them than cores can run at a time.
    workers = max(4, os.cpu_count() or 1)
    session.run("pytest", "--quiet", f"--numprocesses={workers}", *options)


def pabot(session: nox.Session, name: str, *options: str) -> None:
    outputdir = str(RESULTS / name)
    shutil.rmtree(outputdir, ignore_errors=True)
    fixed = ["--no-pabotlib", "--pabotconsole", "quiet", "--pythonpath", "atest", "--outputdir", outputdir]
    try:
        session.run("pabot", *fixed, *options, "atest")
    except CommandFailed:
        # The files in results/ are out of reach where only the output is kept.
        session.run("python", "atest/failures.py", f"{outputdir}/output.xml")
        raise


@nox.session(python=PYTHONS)
def pythons(session: nox.Session) -> None:
    """All tests on every Python that this machine has; one: ``nox -s pythons-3.14``."""
    without_proxy(session)
    install(session, "--upgrade", ".[all]", group="tests")
    pytest(session)
    pabot(session, f"atest-python{session.python}")


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """All tests on the oldest Python, with the lowest versions that ``pyproject.toml`` allows of what users install."""
    without_proxy(session)
    project = PYPROJECT["project"]
    extras = [extra for name, extra in project["optional-dependencies"].items() if name != "all"]
    bounds = {bound for extra in [project["dependencies"], *extras] for bound in extra}
    versions = sorted(re.sub("[>~]=", "==", bound) for bound in bounds)
    install(session, ".[all]", *versions, group="tests")
    pytest(session)
    pabot(session, "atest-lowest")


@nox.session
def modes(session: nox.Session) -> None:
    """All tests in the modes of Python that find what is else overlooked."""
    without_proxy(session)
    install(session, "--upgrade", ".[all]", group="tests")
    for mode, environment in MODES.items():
        session.log(f"Now {mode}.")
        session.env.update(environment)
        # It says that assert statements outside of tests are not executed, which is the purpose here.
        pytest(session, "-W", "ignore::pytest.PytestConfigWarning")
        pabot(session, "atest-mode")
        for name in environment:
            del session.env[name]


@nox.session
def package(session: nox.Session) -> None:
    """Builds what is published, in dist/, and tries it in an environment that has nothing else."""
    install(session, group="package")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", "dist")
    files = [str(path.resolve()) for path in Path("dist").iterdir()]
    session.run("twine", "check", "--strict", *files)
    [wheel] = [file for file in files if file.endswith(".whl")]
    session.run("check-wheel-contents", wheel)

    # Away from here, where Python would find the source.
    suite = str(Path("examples/first_suite.robot").resolve())
    requests = nox.project.dependency_groups(PYPROJECT, "demo")
    session.chdir(session.create_tmp())
    session.run("python", "-m", "venv", "--clear", "empty")
    # Not resolved: that would be the Python which the environment is made of.
    python = str(Path("empty", "Scripts" if os.name == "nt" else "bin", "python").absolute())
    session.run(python, "-m", "pip", "install", "--quiet", wheel, external=True)
    session.run(python, "-m", "robot.libdoc", "HttpServerLibrary", "list", silent=True, external=True)
    session.run(python, "-m", "pip", "install", "--quiet", *requests, external=True)
    outputs = [option for name in ("output", "log", "report") for option in (f"--{name}", "NONE")]
    session.run(python, "-m", "robot", *outputs, suite, external=True)


@nox.session
def coverage(session: nox.Session) -> None:
    """Which lines and branches of the package ``utest`` ran."""
    install(session, group="coverage")
    if not any(COVERAGE.glob(".coverage.*")):
        session.error("Run all of utest before: nox -s utest coverage")
    data = f"--data-file={COVERAGE / '.coverage'}"
    session.run("coverage", "combine", "--quiet", "--keep", data, str(COVERAGE))
    session.run("coverage", "report", data)


@nox.session
def demo(session: nox.Session) -> None:
    """The suites in examples/. One of their tests fails on purpose, and no other may."""
    without_proxy(session)
    install(session, ".[template,openapi]", group="demo")
    outputdir = RESULTS / "demo"
    shutil.rmtree(outputdir, ignore_errors=True)
    command = ["robot", "--outputdir", str(outputdir), *session.posargs, "examples"]
    if session.posargs:
        session.run(*command)
        return
    # The return code is the number of tests that failed; then of those that are meant to.
    session.run(*command, success_codes=[1])
    report = ["--output", "NONE", "--log", "NONE", "--outputdir", session.create_tmp()]
    meant = ["rebot", "--include", "meant-to-fail", *report, str(outputdir / "output.xml")]
    session.run(*meant, success_codes=[1], silent=True)
    session.log("All is well. One test fails on purpose, to show how a failure is explained. The log opens there:")
    session.log("the message says what differs, and the table below shows the requests that the test received.")
    session.log(f"The log: {outputdir / 'log.html'}")


@nox.session
def benchmark(session: nox.Session) -> None:
    """A table of figures beside those of others."""
    install(session, ".", group="benchmark")
    # They are compiled, and not for every Python: their rows are left out where they are missing.
    peers = nox.project.dependency_groups(PYPROJECT, "peers")
    session.run("python", "-m", "pip", "install", *peers, success_codes=[0, 1])
    session.run("python", "benchmarks/compare.py", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Asks the tools themselves, by npm, whether they still answer what the tests of loading replay."""
    without_proxy(session)
    install(session, "-e", ".[all]", group="utest")
    directory = session.create_tmp()
    packages = ("wiremock@3.13.2", "@mockoon/cli@9.3.0")
    session.run("npm", "install", "--no-save", "--prefix", directory, *packages, external=True)
    [jar] = Path(directory).glob("node_modules/wiremock/build/wiremock-standalone-*.jar")
    session.run("python", "peers/wiremock.py", str(jar), *session.posargs)
    session.run("python", "peers/mockoon.py", directory, *session.posargs)
    session.run("pytest", "--quiet", "utest/formats/loading")


@nox.session
def docs(session: nox.Session) -> None:
    """Builds the documentation site in results/site, and checks its links."""
    install(session, "--upgrade", "-e", ".[all]", group="docs")
    session.run("python", "docs/tools/reference.py")
    session.run("mkdocs", "build", "--strict", "--quiet", env={"NO_MKDOCS_2_WARNING": "1"})
    session.run("linkchecker", "--quiet", "--no-status", "results/site/index.html")
    session.log(f"The site: {RESULTS / 'site' / 'index.html'}")


@nox.session
def pictures(session: nox.Session) -> None:
    """Takes the pictures of log.html in docs/pictures anew, in Chromium."""
    without_proxy(session)
    install(session, "-e", ".[all]", group="pictures")
    session.run("python", "docs/tools/pictures.py")
