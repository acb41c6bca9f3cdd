// Brings what the messenger put behind the # of the address to the server: Telegram calls it tgWebAppData, MAX WebAppData.
const NAMES = { tgWebAppData: "telegram", WebAppData: "max" };

const form = document.querySelector("[data-mini-app]");
const said = new URLSearchParams(location.hash.slice(1));
const name = Object.keys(NAMES).find((one) => said.getAll(one).length === 1);
if (form && name) {
  form.elements.messenger.value = NAMES[name];
  form.elements.launch.value = said.get(name);
  // Out of the address, so that it is neither sent on with a copied link nor tried again by a reload.
  history.replaceState(null, "", location.pathname);
  form.submit();
}
