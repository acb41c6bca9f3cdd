/** A file that goes out with the words of the composer: chosen or pasted, seen on its way, taken back. */

export class FilePicker {
  /** @param {HTMLFormElement} form the composer with the parts of components/attach.html in it */
  constructor(form) {
    this.form = form;
    this.plain = form.querySelector("[data-file]");
    this.input = this.plain.querySelector("input");
    this.words = form.querySelector("textarea");
    for (const part of ["choose", "strip", "name", "progress", "drop", "refusal"]) {
      this[part] = form.querySelector(`[data-file-${part}]`);
    }
    this.plain.hidden = true;
    this.choose.hidden = false;
    this.choose.addEventListener("click", () => this.input.click());
    this.drop.addEventListener("click", () => this.#drop());
    this.input.addEventListener("change", () => this.#take(this.input.files[0]));
    this.words.addEventListener("paste", (event) => this.#pasted(event));
  }

  /** Whether a file waits to be sent; one on its way does not wait any more. */
  get chosen() {
    return this.file !== undefined && this.request === undefined;
  }

  /** Send the file with these words. False: it was refused or lost, is told about and is kept. */
  async send(text) {
    this.#refuse("");
    this.#show({ sending: true });
    const problem = await this.#post(text);
    this.request = undefined;
    this.#show({ sending: false });
    if (problem === undefined) this.#forget();
    // Taken back on its way: there is nothing to tell, and no file is left.
    else if (this.file !== undefined) this.#refuse(problem);
    return problem === undefined;
  }

  /** What went wrong in words, undefined if nothing did. */
  #post(text) {
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
    request.send(this.#body(text));
    return done;
  }

  #body(text) {
    const body = new FormData();
    for (const { name, value } of this.form.querySelectorAll("input[type=hidden]")) body.append(name, value);
    // Sent once more after a lost connection, it is the same message.
    body.set("client_id", this.clientId);
    body.append("text", text);
    body.append("file", this.file);
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
    this.#take(files[0]);
  }

  #take(file) {
    this.input.value = "";
    if (file === undefined || this.request !== undefined) return;
    const { tooLarge, unwelcome, limit } = this.plain.dataset;
    const ending = `.${file.name.split(".").at(-1).toLowerCase()}`;
    if (!this.input.accept.split(",").includes(ending)) return this.#refuse(unwelcome);
    if (file.size > Number(limit)) return this.#refuse(tooLarge);
    this.#refuse("");
    this.file = file;
    this.clientId = crypto.randomUUID();
    this.name.textContent = file.name;
    this.#show({ sending: false });
    this.words.focus();
  }

  #drop() {
    const { request } = this;
    this.#forget();
    request?.abort();
    this.words.focus();
  }

  #forget() {
    this.file = undefined;
    this.#refuse("");
    this.#show({ sending: false });
  }

  #show({ sending }) {
    this.strip.hidden = this.file === undefined;
    this.progress.hidden = !sending;
    this.progress.value = 0;
    this.choose.disabled = sending;
    this.words.required = this.file === undefined || sending;
  }

  #refuse(sentence) {
    this.refusal.textContent = sentence;
    this.refusal.hidden = sentence === "";
  }
}
