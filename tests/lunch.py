"""The lunch campaign of many tests: all but what it offers, which each of them writes itself."""

_BRAND = """\
brand:
  name: Marlow & Pine
  palette: {ink: "#1B1210", paper: "#FFF8EC", accent: "#FFC83D", action: "#C63F1C"}
"""
_MARKETS = {
    "at": "currency: EUR, time_zone: Europe/Vienna",
    "ch": "currency: CHF, time_zone: Europe/Zurich",
    "de": "currency: EUR, time_zone: Europe/Berlin",
    "gb": "currency: GBP, time_zone: Europe/London",
    "il": "currency: ILS, time_zone: Asia/Jerusalem",
    "jp": "currency: JPY, time_zone: Asia/Tokyo",
    "nz": "currency: NZD, time_zone: Pacific/Auckland",
    "pl": "currency: PLN, time_zone: Europe/Warsaw",
    "ua": "currency: UAH, time_zone: Europe/Kyiv",
    "us": "currency: USD, time_zone: America/New_York",
}


def lunch(formats: str, *, template: str = "deal", also: str = "", **markets: str) -> str:
    """Return the text of the campaign as far as its markets.

    Args:
        formats: Names of formats, with commas between.
        template: Name of the template.
        also: Further lines, above the brand.
        markets: Market to its locales, with commas between.
    """
    head = f"campaign: lunch\ntemplate: {template}\n{also}{_BRAND}"
    rows = (
        f"  {name}: {{locales: [{some}], {_MARKETS[name]}}}\n" for name, some in markets.items()
    )
    return f"{head}formats: [{formats}]\nmarkets:\n{''.join(rows)}"
