# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The emm.android_enterprise contributors

# /// script
# dependencies = ["nox[uv] >= 2026.8", "antsibull-nox >= 1.10"]
# ///

"""All checks of the collection: those of antsibull-nox.toml, and those below that antsibull-nox does not provide.

"nox" runs all checks that do not run the code. "nox --list" shows the others. The Makefile's targets for checks only
call this file.
"""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import antsibull_nox
import antsibull_nox.sessions
import nox

COLLECTION = "emm.android_enterprise"
REPOSITORY = Path(__file__).resolve().parent
REQUIREMENTS = Path("tests/requirements")
TOOLS = REQUIREMENTS / "tools.txt"

# The supported versions of ansible-core, each with a version of Python that it supports. 2.17 is left out, as in
# molecule and ansible-lint.
MATRIX = {"2.16": "3.11", "2.18": "3.11", "2.19": "3.11", "2.20": "3.12", "2.21": "3.12", "2.22": "3.13"}

# The versions that have not been released yet. Release candidates are accepted until the version is removed here.
UNRELEASED = ("2.22",)

# What holds under the oldest and the newest version mostly holds under those in between.
OUTER = (next(iter(MATRIX)), next(reversed(MATRIX)))

# The version for checks under a single version: the newest release that the current Python runs, as in
# tests/requirements/develop.in.
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
DEFAULT = "2.19" if PYTHON == "3.11" else "2.21"

# The tests that start no Ansible, which are those that coverage is measured of.
WITHOUT_ANSIBLE = ("tests/unit", "tests/operation")

# The labels of other projects that our documentation refers to, to build it where those projects cannot be reached.
REFERENCES = {
    "python2": {},
    "python3": {},
    "jinja2": {},
    "ansible_devel": {
        "action_plugins": "plugins/action.html",
        "ansible_configuration_settings": "reference_appendices/config.html",
        "common_return_values": "reference_appendices/common_return_values.html",
    },
}

# The files for GitHub, and the schema of each.
SCHEMAS = {
    ".github/ISSUE_TEMPLATE/bug_report.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    ".github/ISSUE_TEMPLATE/feature_request.yml": "github-issue-forms",
    ".github/dependabot.yml": "dependabot",
    ".github/workflows/ci.yml": "github-workflows",
}

nox.needs_version = ">= 2026.8"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_missing_interpreters = True
os.environ["NOX_ENABLE_STALENESS_CHECK"] = "1"  # recreates an environment of another version of Python

# pyenv's shims offer only activated versions of Python. Find all that are installed.
if shutil.which("pyenv"):
    root = Path(subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=True).stdout.strip())
    found = [str(path) for path in sorted(root.glob("versions/*/bin"))]
    others = [path for path in os.environ["PATH"].split(os.pathsep) if Path(path) != root / "shims"]
    os.environ["PATH"] = os.pathsep.join([*others, *found])

# Installs the pip bundled with Python. ensurepip would take three seconds for each of a dozen environments.
UNPACK_PIP = """
import ensurepip, pathlib, sysconfig, zipfile
wheels = list(pathlib.Path(ensurepip.__file__).parent.glob("_bundled/pip-*.whl"))
if wheels:
    zipfile.ZipFile(wheels[0]).extractall(sysconfig.get_path("purelib"))
else:
    ensurepip.bootstrap(default_pip=True)  # a distribution keeps the wheel elsewhere
"""

# A proxy may present certificates that only the system trusts.
os.environ.setdefault("UV_SYSTEM_CERTS", "true")

# Ansible starts hundreds of processes, and each of them would compile what it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

antsibull_nox.load_antsibull_nox_toml()


def pins(core: str) -> str:
    """The file with the pinned test requirements for a version of ansible-core."""
    return f"{REQUIREMENTS}/ansible-core-{core}.txt"


def link_collection(session: nox.Session) -> dict[str, str]:
    """Make this checkout available as a collection. Return the environment variables for that."""
    collections = Path(session.virtualenv.location).resolve() / "collections"
    link = collections / "ansible_collections" / COLLECTION.replace(".", "/")
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(REPOSITORY)
    return {"ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_HOME": str(REPOSITORY / ".cache" / "ansible")}


def copy_collection(session: nox.Session, core: str | None = None) -> Path:
    """Copy what git does not ignore into a tree of collections, for tools that require one."""
    setup = antsibull_nox.sessions.prepare_collections(
        session, ansible_core_version=core, install_in_site_packages=False, install_out_of_tree=True
    )
    assert setup is not None  # only None in sessions without their own environment
    return setup.current_path


# --- The tests, under each version of ansible-core


def tests(session: nox.Session, core: str) -> None:
    """Run the tests. Under the default version, also run the fuzzer and report the coverage.

    Coverage is measured in the process of the tests only: Ansible ends its processes without asking, and what was
    measured there is lost at times.
    """
    session.install("--requirement", pins(core))
    environment = link_collection(session)
    in_parallel = ["--numprocesses", "auto", "--maxprocesses", "4", "--durations", "5"]
    if session.posargs:
        session.run("pytest", *in_parallel, *session.posargs, env=environment)
    elif core == DEFAULT:
        session.run("coverage", "run", "--source", "plugins", "-m", "pytest", *WITHOUT_ANSIBLE, env=environment)
        session.run("coverage", "report")
        session.run("pytest", *in_parallel, "tests/fuzz", "tests/integration", env=environment)
    else:
        session.run("pytest", *in_parallel, *WITHOUT_ANSIBLE, "tests/integration", env=environment)


def molecule(session: nox.Session, core: str) -> None:
    """Run the Molecule scenario against the emulator."""
    session.install("--requirement", pins(core))
    environment = {**link_collection(session), "PYTHONPATH": str(REPOSITORY)}
    with session.chdir("extensions"):
        session.run("python", "-m", "tests.emulator", "--", "molecule", "test", env=environment)


# --- The sanity tests of ansible-core, under each of its versions


def container_engine() -> bool:
    """Whether the container engine that ansible-test would use is running."""
    engine = shutil.which("docker") or shutil.which("podman")
    return engine is not None and subprocess.run([engine, "info"], capture_output=True, check=False).returncode == 0


def sanity(session: nox.Session, core: str) -> None:
    """Run all sanity tests of ansible-core, in a container if an engine is running, otherwise in virtual environments.

    In virtual environments, tests that depend on the version of Python run with all versions found, 3.10 and newer;
    under the default version of ansible-core, with the current one only, since mypy checks the code for the oldest.
    What is in tests/ is not published; ruff and mypy check it in a fraction of the time.
    """
    if any(Path("tests/sanity").glob("ignore-*")):
        session.error("This collection allows no exceptions from sanity tests: fix the errors that they report")
    session.install("ansible-core", "--constraint", pins(core))
    where = ["--docker"]
    environment = {}
    if not container_engine():
        where = ["--venv"]
        home = REPOSITORY / ".cache" / "ansible-test"
        environment["HOME"] = str(home)
        configure_pip(home)
        bootstrap_pip(session, home)
        require_releases(session)
    if core == DEFAULT:
        where += ["--python", PYTHON]
    with session.chdir(copy_collection(session, core)):
        session.run("ansible-test", "sanity", "--exclude", "tests/", *where, *session.posargs, env=environment)


def configure_pip(home: Path) -> None:
    """Write pip's options and the proxy from the environment into a file, since ansible-test hides the environment."""
    proxy = urllib.request.getproxies().get("https")
    options = {"proxy": proxy} if proxy else {}
    for name, value in os.environ.items():
        if name.startswith("PIP_"):
            options[name.removeprefix("PIP_").replace("_", "-").lower()] = value
    configuration = configparser.ConfigParser(interpolation=None)
    configuration["global"] = options
    path = home / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # it may contain the password of the proxy
    with path.open("w", encoding="utf-8") as file:
        configuration.write(file)


def can_be_downloaded(url: str, *, proxies: dict[str, str] | None = None) -> bool:
    """Whether a URL can be reached, through the proxies of the environment or the given ones."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(proxies))
    try:
        opener.open(urllib.request.Request(url, method="HEAD"), timeout=10).close()
    except OSError:
        return False
    return True


def bootstrap_pip(session: nox.Session, home: Path) -> None:
    """If ansible-test cannot download its script that installs pip, use the pip bundled with Python.

    It downloads the script without a proxy.
    """
    pattern = "lib/*/site-packages/ansible_test/_internal/python_requirements.py"
    [source] = Path(session.virtualenv.location).glob(pattern)
    # ansible-core 2.16 lists more versions after the first, for versions of Python that are not tested here.
    version, *dummy = re.findall(r"\bpip='([0-9.]+)'", source.read_text(encoding="utf-8"))
    url = f"https://ci-files.testing.ansible.com/ansible-test/get-pip-{version}.py"
    if not can_be_downloaded(url, proxies={}):
        script = home / ".ansible" / "test" / "cache" / f"get_pip_{version.replace('.', '_')}.py"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(UNPACK_PIP, encoding="utf-8")


def require_releases(session: nox.Session) -> None:
    """If ansible-test requires a source archive that cannot be downloaded, use the release of the package.

    ansible-core 2.22 requires one of dill, which is needed only with Python 3.15.
    """
    pattern = "lib/*/site-packages/ansible_test/_data/requirements/sanity.*.txt"
    for path in Path(session.virtualenv.location).glob(pattern):
        text = path.read_text(encoding="utf-8")
        for name, url in re.findall(r"(?m)^(\S+) @ (https:\S+)$", text):
            if not can_be_downloaded(url):
                path.unlink()  # the file may be a hard link into uv's cache
                path.write_text(text := text.replace(f"{name} @ {url}", name), encoding="utf-8")


# --- The sessions for these


def add_sessions(name: str, function: Callable[[nox.Session, str], None]) -> None:
    """Add a session for each version of ansible-core, and an alias for that of the default version."""
    for core, python in MATRIX.items():

        def run(session: nox.Session, core: str = core) -> None:
            function(session, core)

        run.__doc__ = function.__doc__
        outer = [f"outer-{name}"] if core in OUTER else []
        tags = ["matrix", name, *outer]
        interpreter = PYTHON if core == DEFAULT else python
        nox.session(name=f"{name}-{core}", python=interpreter, default=False, tags=tags)(run)

    def run_default(_session: nox.Session) -> None:
        pass

    run_default.__doc__ = f"Run {name}-{DEFAULT}."
    nox.session(name=name, requires=[f"{name}-{DEFAULT}"], default=False, venv_backend="none")(run_default)


add_sessions("tests", tests)
add_sessions("molecule", molecule)
add_sessions("ansible-test-sanity", sanity)


# --- Checks of what is published


@nox.session(name="galaxy-importer")
def galaxy_importer(session: nox.Session) -> None:
    """Build the tarball and import it as Galaxy does. Fail on any error or warning.

    The session of antsibull-nox would pass in spite of errors and warnings.
    """
    session.install("--requirement", f"{REQUIREMENTS}/galaxy-importer.txt")
    directory = copy_collection(session)
    with session.chdir(directory):
        session.run("ansible-galaxy", "collection", "build", "--output-path", "..", silent=True)
    [tarball] = directory.parent.glob("*.tar.gz")
    environment = {
        "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",  # as Automation Hub does
        "GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false",  # the session ansible-lint has the strictest profile
    }
    with session.chdir(directory.parent):
        log = str(session.run("python", "-m", "galaxy_importer.main", tarball.name, env=environment, silent=True))
    complaints = [line for line in log.splitlines() if line.startswith(("ERROR", "WARNING"))]
    if complaints:
        session.error("\n".join(["galaxy-importer complains:", *complaints]))


@nox.session
def changelog(session: nox.Session) -> None:
    """Check the changelog fragments, and that both changelogs match changelog.yaml."""
    session.install("antsibull-changelog", "ansible-core", "--constraint", str(TOOLS))
    copy = copy_collection(session)
    with session.chdir(copy):
        session.run("antsibull-changelog", "lint")
        session.run("antsibull-changelog", "lint-changelog-yaml", "changelogs/changelog.yaml")
        session.run("antsibull-changelog", "generate")
    for name in ("CHANGELOG.md", "CHANGELOG.rst"):
        if (copy / name).read_bytes() != (REPOSITORY / name).read_bytes():
            session.error(f"{name} does not match its source, changelogs/changelog.yaml")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation site into .cache/docs. Fail on warnings."""
    session.install("antsibull-docs", "ansible-core", "sphinx", "sphinx-ansible-theme", "--constraint", str(TOOLS))
    environment = link_collection(session)
    site = REPOSITORY / ".cache" / "docs"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True, mode=0o700)
    options = ["--use-current", "--fail-on-error", "--project", COLLECTION, "--title", COLLECTION]
    session.run("antsibull-docs", "sphinx-init", *options, "--dest-dir", str(site), COLLECTION, env=environment)
    for project, labels in REFERENCES.items():
        write_inventory(site / f"{project}.inv", labels)
    script = site / "build.sh"  # antsibull-docs does not copy images
    images = shlex.quote(str(REPOSITORY / "docs" / "docsite" / "rst" / "images"))
    copying = f"cp -r {images} rst/collections/{COLLECTION.replace('.', '/')}/docsite/\n"
    script.write_text(re.sub("(?m)^(?=sphinx-build )", copying, script.read_text(encoding="utf-8")), encoding="utf-8")
    session.run(str(script), env=environment, external=True)
    session.log(f"Built {site}/build/html/index.html")


def write_inventory(path: Path, labels: Mapping[str, str]) -> None:
    """Write a Sphinx inventory for a project whose own cannot be reached."""
    lines = [f"{label} std:label -1 {page}#{label.replace('_', '-')} {label}\n" for label, page in labels.items()]
    head = f"# Sphinx inventory version 2\n# Project: {path.stem}\n# Version:\n# The rest is compressed using zlib.\n"
    path.write_bytes(head.encode() + zlib.compress("".join(lines).encode()))


@nox.session
def schemas(session: nox.Session) -> None:
    """Validate the files for GitHub against its schemas."""
    session.install("check-jsonschema", "--constraint", str(TOOLS))
    for file, schema in SCHEMAS.items():
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", file)


# --- Upkeep


@nox.session(default=False)
def release(session: nox.Session) -> None:
    """Turn the fragments into the changelog entry of the version in galaxy.yml."""
    [version] = re.findall(r"^version: (\S+)$", Path("galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE)
    if f"\n  {version}:\n" in Path("changelogs/changelog.yaml").read_text(encoding="utf-8"):
        session.error(f"{version} is already in the changelog: raise the version in galaxy.yml")
    session.install("antsibull-changelog", "ansible-core", "--constraint", str(TOOLS))
    session.run("antsibull-changelog", "release", "--reload-plugins", env=link_collection(session))


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """Measure the cost of the collection, into .cache/benchmarks. "-- --help" shows the options."""
    session.install("--requirement", f"{REQUIREMENTS}/benchmarks.txt")
    environment = {**link_collection(session), "MPLCONFIGDIR": str(REPOSITORY / ".cache" / "matplotlib")}
    session.run("python", "-m", "tests.benchmarks", *session.posargs, env=environment)


@nox.session(default=False)
def requirements(session: nox.Session) -> None:
    """Pin the requirements in tests/requirements, each file for all versions of Python that use it."""
    session.install("uv")
    command = ["uv", "pip", "compile", "--quiet", "--upgrade", "--universal", "--no-annotate", "--no-emit-index-url"]
    command += ["--custom-compile-command", "make requirements"]
    for name in ("develop", "tools", "galaxy-importer", "benchmarks"):
        target = REQUIREMENTS / name
        session.run(*command, "--python-version", "3.11", "--output-file", f"{target}.txt", f"{target}.in")
    for core, python in MATRIX.items():
        source = Path(session.create_tmp()) / "ansible-core.in"
        first = f"{core}.0rc0" if core in UNRELEASED else f"{core}.0"
        source.write_text(f"ansible-core ~= {first}\n", encoding="utf-8")
        pinned = ["--python-version", python, "--output-file", pins(core)]
        session.run(*command, *pinned, f"{REQUIREMENTS}/tests.in", str(source))


if __name__ == "__main__":
    nox.main()
