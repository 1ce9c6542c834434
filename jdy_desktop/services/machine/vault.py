"""Seals small secrets with a key that lies in this PC's key store (T5). Never falls back to plain text.

The key store holds one 32-byte key; what is sealed (AES-256-GCM) lies in the database, useless on another PC. Without a
key store the key lives in memory until the program ends: `is_persistent` is False then, and the clerk is told.
"""

from __future__ import annotations

import base64
import binascii
import logging
import os
import threading
from typing import Any

from jdy_desktop.services.errors import LocalError

log = logging.getLogger(__name__)

SERVICE = "jdy-desktop"
ENTRY = "token-key"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION = b"\x01"


class SealBroken(LocalError):
    """Sealed on another PC, by another key or for another shop, or changed since: authorize again."""

    code = "seal_broken"


class Vault:
    """`keyring` is the module of that name or anything with its two calls; None means the system's own.

    Thread-safe. The key is fetched at the first use, for the key store may ask the user to unlock it."""

    def __init__(self, keyring: Any = None) -> None:
        self._keyring = keyring
        self._key: bytes | None = None
        self._is_persistent = False
        self._lock = threading.Lock()

    @property
    def is_persistent(self) -> bool:
        """False: there is no key store, what is sealed now cannot be opened after a restart."""
        self._get_key()
        return self._is_persistent

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """`aad` names the owner (the shop's member id): what is sealed for one cannot be opened for another."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + AESGCM(self._get_key()).encrypt(nonce, plain, aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Raises SealBroken."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        start = len(_VERSION) + _NONCE_BYTES
        if not sealed.startswith(_VERSION) or len(sealed) <= start:
            raise SealBroken
        try:
            return AESGCM(self._get_key()).decrypt(sealed[len(_VERSION) : start], sealed[start:], aad)
        except InvalidTag as exc:
            raise SealBroken from exc

    def _get_key(self) -> bytes:
        with self._lock:
            if self._key is None:
                stored = self._stored_key()
                self._is_persistent = stored is not None
                self._key = stored or os.urandom(_KEY_BYTES)
            return self._key

    def _stored_key(self) -> bytes | None:
        """The key of the key store, made when there is none yet; None when the store cannot be used."""
        keyring = self._keyring
        if keyring is None:
            import keyring
        from keyring.errors import KeyringError

        try:
            found = keyring.get_password(SERVICE, ENTRY)
            if found is None:
                keyring.set_password(SERVICE, ENTRY, base64.b64encode(os.urandom(_KEY_BYTES)).decode())
                # Read back: a store that forgets would lose every token at the next start without a word.
                found = keyring.get_password(SERVICE, ENTRY)
        except (KeyringError, RuntimeError, OSError) as exc:
            log.warning("no key store, tokens live until the program ends: %s", type(exc).__name__)
            return None
        return _decoded(found)


def _decoded(text: str | None) -> bytes | None:
    try:
        key = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        log.warning("the key store holds no usable key, tokens live until the program ends")
        return None
    return key
