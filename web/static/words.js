/** Words that scripts show come from the page, already in the reader's language. */

const plurals = new Intl.PluralRules(document.documentElement.lang);

/** A counted phrase: `forms` is JSON by the names of Intl.PluralRules, with %(count)d in each. */
export function counted(forms, count) {
  const byForm = JSON.parse(forms);
  return (byForm[plurals.select(count)] ?? byForm.other).replace("%(count)d", String(count));
}

/** A fresh copy of the page's <template data-template="name">. */
export function copyOf(name) {
  return document.querySelector(`template[data-template="${name}"]`).content.cloneNode(true);
}

/** A label whose leading sign is one of the bot's becomes our icon and the words after it. */
export function labelled(text) {
  const { signs, sprite } = pageWords();
  const [sign, ...rest] = text.split(" ");
  const name = JSON.parse(signs)[sign];
  return name === undefined ? [text] : [drawIcon(`${sprite}#${name}`), rest.join(" ")];
}

function drawIcon(address) {
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  icon.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  icon.firstChild.setAttribute("href", address);
  return icon;
}

/** The words of the page: data attributes of <template data-template="words">. */
export function pageWords() {
  return document.querySelector('template[data-template="words"]').dataset;
}
