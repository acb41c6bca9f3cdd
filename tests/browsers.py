"""How the tests start a Chromium."""

# The window around a page, which nobody sees, draws its address bar by pages of its own: as much CPU for each
# visitor as the page under test. The last such list wins; its first two are Playwright's own, and matter.
_NEEDLESS = ("PaintHolding", "HttpsUpgrades", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup")

OPTIONS = ("--no-sandbox", f"--disable-features={','.join(_NEEDLESS)}")
