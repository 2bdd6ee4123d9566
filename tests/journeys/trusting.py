"""A home folder whose browsers trust an authority: what importing it in the settings does, through Chromium's own NSS.

Run as a program of its own, since NSS keeps one database a process: `python trusting.py HOME < CERTIFICATE`.
"""

import ssl
import sys
from ctypes import CDLL, Structure, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p
from pathlib import Path

FOR_SERVERS = b"C,,"


class Item(Structure):
    _fields_ = [("type", c_uint), ("data", c_char_p), ("length", c_uint)]


class Flags(Structure):
    _fields_ = [("servers", c_uint), ("mail", c_uint), ("programs", c_uint)]


def trust(home: Path, pem: str) -> None:
    """Raises `OSError` where a step fails, or where there is no NSS on this machine."""
    folder = home / ".pki" / "nssdb"
    folder.mkdir(parents=True)
    nss = CDLL("libnss3.so")
    for name in ("PK11_GetInternalKeySlot", "CERT_GetDefaultCertDB", "CERT_NewTempCertificate"):
        getattr(nss, name).restype = c_void_p

    def do(name: str, *arguments: object) -> None:
        if getattr(nss, name)(*arguments):
            raise OSError(f"{name} failed")

    do("NSS_InitReadWrite", f"sql:{folder}".encode())
    database, slot = c_void_p(nss.CERT_GetDefaultCertDB()), c_void_p(nss.PK11_GetInternalKeySlot())
    do("PK11_InitPin", slot, None, b"")
    der = ssl.PEM_cert_to_DER_cert(pem)
    item = Item(0, der, len(der))
    certificate = c_void_p(nss.CERT_NewTempCertificate(database, byref(item), None, c_int(0), c_int(1)))
    do("PK11_ImportCert", slot, certificate, c_ulong(0), b"Sterilog", c_int(0))
    flags = Flags()
    do("CERT_DecodeTrustString", byref(flags), FOR_SERVERS)
    do("CERT_ChangeCertTrust", database, certificate, byref(flags))
    nss.CERT_DestroyCertificate(certificate)
    nss.PK11_FreeSlot(slot)
    do("NSS_Shutdown")


if __name__ == "__main__":
    trust(Path(sys.argv[1]), sys.stdin.read())
