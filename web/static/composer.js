/** The field in which a message is written: grows with the text, sends by key, keeps a draft over a reload. */

export class Composer {
  /**
   * @param {HTMLFormElement} form with one textarea
   * @param {object} options `onSend(text, { key })`, `key` for a key of the bot's keyboard;
   *   `mayBeEmpty()`: something else goes out with no words; `sendBy`: "enter" in a chat, "ctrl-enter" where answers are
   *   longer; `draftKey`: where the draft is kept in this browser
   */
  constructor(form, { onSend, sendBy = "enter", draftKey, onInput = () => {}, mayBeEmpty = () => false }) {
    this.field = form.querySelector("textarea");
    this.onSend = onSend;
    this.onInput = onInput;
    this.mayBeEmpty = mayBeEmpty;
    this.sendBy = sendBy;
    this.draftKey = draftKey;
    form.addEventListener("submit", (event) => this.#submit(event));
    this.field.addEventListener("keydown", (event) => this.#key(event));
    this.field.addEventListener("input", () => {
      this.#keepDraft();
      this.#grow();
      this.onInput(this.field.value);
    });
    if (this.field.value === "") this.field.value = this.#draft();
    this.#grow();
    onInput(this.field.value);
  }

  /** Put a ready sentence into the field, after what is there. */
  insert(text) {
    this.field.value = [this.field.value.trim(), text].filter(Boolean).join(" ");
    this.field.dispatchEvent(new Event("input"));
    this.field.focus();
  }

  /** Put this text in place of what is there. */
  set(text) {
    this.field.value = text;
    this.field.dispatchEvent(new Event("input"));
    this.field.focus();
  }

  #submit(event) {
    // A key of the bot's keyboard sends its own words.
    const key = event.submitter?.name === "key";
    const text = key ? event.submitter.value : this.field.value.trim();
    event.preventDefault();
    if (text === "" && !this.mayBeEmpty()) return;
    this.onSend(text, { key });
    if (!key) this.#clear();
  }

  #key(event) {
    const finished = this.sendBy === "enter" ? !event.shiftKey : event.ctrlKey || event.metaKey;
    if (event.key !== "Enter" || event.isComposing || !finished) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

  #clear() {
    this.field.value = "";
    this.#keepDraft();
    this.#grow();
    this.onInput("");
    this.field.focus();
  }

  #grow() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, window.innerHeight / 3)}px`;
  }

  #draft() {
    try {
      return sessionStorage.getItem(this.draftKey) ?? "";
    } catch {
      // Forbidden by the browser's settings: then there are no drafts.
      return "";
    }
  }

  #keepDraft() {
    try {
      sessionStorage.setItem(this.draftKey, this.field.value);
    } catch {
      // See #draft.
    }
  }
}
