"""Brings the sources of public programs: pinned commits, only the folders that are needed, never committed.

From a folder of git directories that NCE2VEC_CLIENTS names (OWNER+NAME/repo), otherwise from GitHub.
"""
import io
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(os.environ.get("NCE2VEC_CLIENTS_CACHE", Path(__file__).resolve().parents[2] / "build" / "clients"))


@dataclass(frozen=True)
class Client:
    name: str        # of the package
    repository: str  # OWNER/NAME
    commit: str
    paths: tuple     # what of it is brought


CLIENTS = {client.name: client for client in (
    Client("node2vec", "eliorc/node2vec", "872af473836786688707157d10ad2b7db3c6423d", ("node2vec", "example.py")),
    Client("fastnode2vec", "louisabraham/fastnode2vec", "4cda3c639978ea3ea53fa3fd90fbb76340f93a55", ("fastnode2vec",)),
    Client("mol2vec", "samoturk/mol2vec", "850d944d5f48a58e26ed0264332b5741f72555aa", ("mol2vec",)),
    Client("spec2vec", "iomega/spec2vec", "4dbcf8461d36ff9f5d2b367b239eef6a247d3aa3", ("spec2vec",)),
    Client("wefe", "dccuchile/wefe", "1998132a3e809481a7456d952f7473d191990946",
           ("wefe/*.py", "wefe/metrics", "wefe/debias")),
    Client("twec", "valedica/twec", "72117368a1a08d8a046848b365be24a84b87ad6e", ("twec",)),
    Client("cade", "vinid/cade", "64c3345bc97196ec965561e71bcb75b3014b5e6f", ("cade",)),
    # 0.8.2, 6.0.0
    Client("model2vec", "MinishLab/model2vec", "c90140706ed2162c75c6f004b66e37a342fd8f1a", ("model2vec",)),
    Client("sentence_transformers", "huggingface/sentence-transformers", "56c9548fd8dbef8ba492f57ac04366900e36f5d4",
           ("sentence_transformers",)),
)}


class Unavailable(Exception):
    """The sources cannot be had on this machine."""


def _git(directory, *arguments):
    try:
        made = subprocess.run(["git", "--git-dir=" + str(directory), *arguments], capture_output=True, timeout=120,
                              env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
    except (FileNotFoundError, subprocess.TimeoutExpired) as failure:
        raise Unavailable(str(failure)) from None
    if made.returncode:
        raise Unavailable(made.stderr.decode("utf-8", "replace").strip().splitlines()[-1])
    return made.stdout


def _directory(client):
    """A git directory that has the commit."""
    mirrors = os.environ.get("NCE2VEC_CLIENTS")
    if mirrors:
        here = Path(mirrors, client.repository.replace("/", "+"), "repo")
        return here / ".git" if (here / ".git").is_dir() else here
    directory = CACHE / "git" / client.name
    if not directory.is_dir():
        directory.mkdir(parents=True)
        _git(directory, "init", "-q", "--bare")
    _git(directory, "fetch", "-q", "--depth=1", "https://github.com/" + client.repository, client.commit)
    return directory


def bring(name):
    """The folder to import the program from. Raises Unavailable."""
    client = CLIENTS[name]
    folder = CACHE / f"{name}-{client.commit[:10]}"
    if not folder.is_dir():
        archive = _git(_directory(client), "archive", client.commit, "--", *client.paths)
        part = folder.with_suffix(".part")
        with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
            opened.extractall(part)
        # Some programs ask for their own version, as if they were installed.
        information = part / f"{name}-0.dist-info"
        information.mkdir(exist_ok=True)
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0\n")
        os.replace(part, folder)
    return folder
