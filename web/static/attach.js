/** Files that go out with the words of the composer: chosen or pasted, seen on their way, taken back.

Each is a message of its own, one after another; the words go with the first. */

export class FilePicker {
  /** @param {HTMLFormElement} form the composer with the parts of components/attach.html in it */
  constructor(form) {
    this.form = form;
    this.files = [];
    this.plain = form.querySelector("[data-file]");
    this.input = this.plain.querySelector("input");
    this.words = form.querySelector("textarea");
    for (const part of ["choose", "strip", "name", "progress", "drop", "refusal"]) {
      this[part] = form.querySelector(`[data-file-${part}]`);
    }
    // Without scripts all would come in one form, which has room for one file.
    this.input.multiple = true;
    this.plain.hidden = true;
    this.choose.hidden = false;
    this.choose.addEventListener("click", () => this.input.click());
    this.drop.addEventListener("click", () => this.#drop());
    this.input.addEventListener("change", () => this.#take(this.input.files));
    this.words.addEventListener("paste", (event) => this.#pasted(event));
  }

  /** Whether files wait to be sent; those on their way do not wait any more. */
  get chosen() {
    return this.files.length > 0 && !this.sending;
  }

  /** Send the files with these words; the words that did not go. A file that was refused or lost is kept. */
  async send(text) {
    this.#refuse("");
    let words = text;
    let problem;
    while (this.files.length > 0 && problem === undefined) {
      this.#show({ sending: true });
      problem = await this.#post(this.files[0], words);
      if (problem === undefined) {
        this.files.shift();
        words = "";
      }
    }
    this.request = undefined;
    this.#show({ sending: false });
    // Taken back on their way: there is nothing to tell, and no file is left.
    if (this.files.length > 0) this.#refuse(problem);
    return words;
  }

  /** What went wrong in words, undefined if nothing did. */
  #post(one, text) {
    const request = new XMLHttpRequest();
    // Not fetch: only this one tells how much has gone out.
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      this.progress.value = total ? loaded / total : 0;
    });
    const done = new Promise((settle) => {
      request.addEventListener("load", () => settle(request.status === 204 ? undefined : this.#reason(request)));
      for (const lost of ["error", "abort"]) request.addEventListener(lost, () => settle(this.plain.dataset.lost));
    });
    request.open("POST", this.plain.dataset.address);
    request.setRequestHeader("Accept", "application/json");
    this.request = request;
    request.send(this.#body(one, text));
    return done;
  }

  #body({ file, clientId }, text) {
    const body = new FormData();
    for (const { name, value } of this.form.querySelectorAll("input[type=hidden]")) body.append(name, value);
    // Sent once more after a lost connection, it is the same message.
    body.set("client_id", clientId);
    body.append("text", text);
    body.append("file", file);
    return body;
  }

  #reason(request) {
    try {
      return JSON.parse(request.responseText).message;
    } catch {
      // A page instead of an answer: something between us and the server has spoken.
      return this.plain.dataset.lost;
    }
  }

  #pasted(event) {
    const { files, types } = event.clipboardData;
    // Words copied from an office program bring their own picture along; the words are meant.
    if (files.length === 0 || types.includes("text/plain")) return;
    event.preventDefault();
    this.#take(files);
  }

  #take(files) {
    const chosen = [...files];
    this.input.value = "";
    if (chosen.length === 0 || this.sending) return;
    const refused = [];
    for (const file of chosen) {
      const reason = this.#reasonAgainst(file);
      if (reason === undefined) this.files.push({ file, clientId: crypto.randomUUID() });
      else refused.push(chosen.length > 1 ? `${file.name}: ${reason}` : reason);
    }
    this.#refuse(refused.join(" "));
    this.#show({ sending: false });
    if (this.files.length > 0) this.words.focus();
  }

  #reasonAgainst(file) {
    const { tooLarge, unwelcome, limit } = this.plain.dataset;
    const ending = `.${file.name.split(".").at(-1).toLowerCase()}`;
    if (!this.input.accept.split(",").includes(ending)) return unwelcome;
    return file.size > Number(limit) ? tooLarge : undefined;
  }

  #drop() {
    const { request } = this;
    this.#forget();
    request?.abort();
    this.words.focus();
  }

  #forget() {
    this.files = [];
    this.#refuse("");
    this.#show({ sending: false });
  }

  #show({ sending }) {
    this.sending = sending;
    this.strip.hidden = this.files.length === 0;
    this.name.textContent = this.files.map(({ file }) => file.name).join(", ");
    this.progress.hidden = !sending;
    this.progress.value = 0;
    this.choose.disabled = sending;
    this.words.required = this.files.length === 0 || sending;
  }

  #refuse(sentence) {
    this.refusal.textContent = sentence;
    this.refusal.hidden = sentence === "";
  }
}
