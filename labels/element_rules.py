"""Which GS1 application identifiers need or exclude one another, and which begin a web address: data only.

Source: GS1 General Specifications 4.13 and 4.14, read off the keys `req`, `ex` and `dlpkey` of the
gs1-syntax-dictionary (GS1 AISBL, 2025). In a pattern `n` stands for any digit.
"""

_TRADE_ITEM = "01 02 8006 8026"
_MEASURES = "30 31nn 32nn 35nn 36nn"

REQUIRED: tuple[tuple[str, str], ...] = (
    ("02", "37"),
    ("10 11 13 15 16 20 240 241 242 422 7001", _TRADE_ITEM),
    ("12", "8020"),
    ("17", f"255 {_TRADE_ITEM}"),
    ("21 250 251 7020 7021 7240 8012", "01 8006"),
    ("22 235 243 337n 710 711 712 713 714 715 716 717 7004 8001 8014 8200", "01"),
    ("250", "21"),
    ("254", "414"),
    ("30 31nn 32nn 350n 351n 352n 356n 357n 360n 361n 364n 365n 366n", "01 02"),
    ("330n 331n 332n 333n 334n 335n 336n 34nn 353n 354n 355n 362n 363n 367n 368n 369n 8009", "00 01"),
    ("37", "00"),
    ("37", "02 8026"),
    ("390n", "255 8020"),
    ("391n 415", "8020"),
    ("392n", "01"),
    ("392n 393n 395n", _MEASURES),
    ("394n 8111", "255"),
    ("403 4300 4301 4302 4304 4305 4306 4307 4308 4309 431n 432n 433n 7041", "00"),
    ("4303", "4302"),
    ("4313", "4312"),
    ("423 424 425 426 427 7002 7003 7005 7006 7007 7008 7009 7010 7011 703n 8005 8008", "01 02"),
    ("427", "422"),
    ("7004", "10"),
    ("7020", "416"),
    ("7022", "7021"),
    ("723n", "01 8004"),
    ("7241 7242 7253 7254 7255 7256 8019", "8017 8018"),
    ("7250 7251 7252 7257 7258 7259", "8018"),
    ("7258", "7259"),
    ("8007 8020", "415"),
    ("8011", "8010"),
    ("8026", "37"),
    ("8030", "00 01+21 253 255 8003 8004 8006+21 8010+8011 8017 8018"),
)
"""Each of the first needs one of the second beside it; `01+21` means both. Several lines all hold."""

EXCLUDED: tuple[tuple[str, str], ...] = (
    ("01", "02 03 255 37"),
    ("02", "03"),
    ("21", "235"),
    ("255", "01 02 415 8006 8020 8026"),
    *((f"{start}n", f"{start}n") for start in range(310, 317)),
    *((f"{start}n", f"{start}n") for start in (*range(320, 338), *range(340, 358), *range(360, 370))),
    ("390n", "390n 391n 394n 8111"),
    ("391n", "391n"),
    ("392n", "392n 393n"),
    ("393n", "393n"),
    ("394n", "394n 8111"),
    ("395n", "392n 393n 395n 8005"),
    ("420", "421"),
    ("421", "4307"),
    ("422 423 424 425", "426"),
    ("4330", "4331"),
    ("4332", "4333"),
    ("7250", "7251"),
    ("7253 7254 7255", "7256 7259"),
    ("7256", "7259"),
    ("8006", "01 37"),
    ("8017", "8018"),
    ("8026", "02 8006"),
)
"""Neither of the first may stand beside one of the second."""

LINK_KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "00": (),
    "01": (("22", "10", "21"), ("235",)),
    "253": (),
    "255": (),
    "401": (),
    "402": (),
    "414": (("254",), ("7040",)),
    "415": (("8020",),),
    "417": (("7040",),),
    "8003": (),
    "8004": (("7040",),),
    "8006": (("22", "10", "21"),),
    "8010": (("8011",),),
    "8013": (),
    "8017": (("8019",),),
    "8018": (("8019",),),
}
"""The keys a GS1 Digital Link may name, each with the sequences of qualifiers that may follow, all optional."""


def matches(ai: str, patterns: str) -> bool:
    """Whether one of the space-separated patterns stands for this application identifier."""
    return any(
        len(pattern) == len(ai) and all(place in ("n", digit) for place, digit in zip(pattern, ai, strict=True))
        for pattern in patterns.split()
    )
