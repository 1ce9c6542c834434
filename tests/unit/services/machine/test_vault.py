"""T5: what is sealed can be opened here, by us, for its owner, and nowhere else."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from keyring.backends import fail, null

from jdy_desktop.services.machine.vault import ENTRY, SERVICE, SealBroken, Vault

SECRET = b"access-token-canary"


def test_sealed_here_opens_here_after_a_restart(memory_keyring: Any) -> None:
    sealed = Vault().seal(SECRET, b"b2b-1")
    assert SECRET not in sealed
    assert Vault().is_persistent
    assert Vault().open(sealed, b"b2b-1") == SECRET
    assert len(base64.b64decode(memory_keyring.entries[SERVICE, ENTRY])) == 32


def test_the_same_secret_never_looks_the_same(memory_keyring: Any) -> None:
    vault = Vault()
    assert vault.seal(SECRET, b"b2b-1") != vault.seal(SECRET, b"b2b-1")


def test_not_for_another_shop(memory_keyring: Any) -> None:
    vault = Vault()
    with pytest.raises(SealBroken):
        vault.open(vault.seal(SECRET, b"b2b-1"), b"b2b-2")


def test_not_on_another_pc(memory_keyring: Any) -> None:
    sealed = Vault().seal(SECRET, b"b2b-1")
    memory_keyring.entries.clear()
    with pytest.raises(SealBroken):
        Vault().open(sealed, b"b2b-1")


@pytest.mark.parametrize(
    "damage", [lambda s: s[:-1], lambda s: s[:-1] + bytes([s[-1] ^ 1]), lambda s: b"", lambda s: b"x" * 40]
)
def test_damaged(memory_keyring: Any, damage: Any) -> None:
    vault = Vault()
    with pytest.raises(SealBroken):
        vault.open(damage(vault.seal(SECRET, b"b2b-1")), b"b2b-1")


class _Store:
    """A key store that refuses, forgets, or holds rubbish."""

    def __init__(self, value: str | None = None) -> None:
        self.value = value

    def get_password(self, service: str, entry: str) -> str | None:
        return self.value

    def set_password(self, service: str, entry: str, password: str) -> None:
        pass


@pytest.mark.expect_log("tokens live until the program ends")
@pytest.mark.parametrize("store", [fail.Keyring(), null.Keyring(), _Store(), _Store("rubbish"), _Store("QUJD")])
def test_without_a_key_store_for_this_session_only(store: Any) -> None:
    vault = Vault(store)
    sealed = vault.seal(SECRET, b"b2b-1")
    assert not vault.is_persistent
    assert SECRET not in sealed
    assert vault.open(sealed, b"b2b-1") == SECRET
    with pytest.raises(SealBroken):
        Vault(store).open(sealed, b"b2b-1")
