/**
 * The browser's side of the live protocol (docs/asyncapi.json). No build step, no dependency.
 *
 *   import { Live } from "./live.js";
 *
 *   const live = new Live({ owner: personId });          // connects at once
 *   live.addEventListener("status", ({ detail }) => …);  // {status, retryInMs}, see STATUS
 *
 *   const room = live.follow("room:ID", {
 *     epoch, seq,               // where the page that the server drew stands; omit both: from now on
 *     onEvents(events) {},      // new ones only, in order, without holes; the same live and replayed
 *     onReset() {},             // what is shown is void: clear it; what is whole again comes as events
 *     onReady({ seq, reset }) {}, // the stream is followed (again); seq is its newest
 *     onState(state) {},        // streams of states, typing; merge it over the one before
 *     onRefused({ code, message }) {},
 *   });
 *   room.send(text, { replyTo });     // → {clientId, done}; done resolves when it is durable, to {seq, …}
 *   room.edit(seq, text); room.remove(seq); room.react(seq, reaction, on);  // the same, for a room's messages
 *   room.press({ of, data });         // a button under message `of` of a chat
 *   room.read(seq); room.typing(); room.stop();
 *
 *   live.latencyMs; live.addEventListener("latency", ({ detail }) => …);   // round trip, measured every 25 s
 *
 *   live.unsent("room:ID");     // what was written but not yet acknowledged, after a reload too
 *
 * What it promises: a message is kept (in localStorage, under its owner) until the server has it for good,
 * is sent again after every loss of the connection or of the page, and arrives once, because the server
 * knows it by its client id. Messages leave one after another, so their order is the writer's.
 */

export const STATUS = Object.freeze({
  CONNECTING: "connecting", // on the way, also between attempts
  ONLINE: "online",
  OFFLINE: "offline", // the device has no network, or the last attempts failed
  SIGNED_OUT: "signed-out", // a person must act: reload the page, sign in
  CLOSED: "closed", // close() was called
});

const CODE = Object.freeze({ RESUME: 4000, SIGNED_OUT: 4001, ORIGIN: 4003 });
const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 15_000;
const OFFLINE_AFTER_ATTEMPTS = 2;
const ANSWER_WITHIN_MS = 10_000;
const PING_EVERY_MS = 25_000;
const TYPING_EVERY_MS = 2_000;
const KEEP_UNSENT_MS = 7 * 24 * 3600 * 1000;
/** Refusals that pass by themselves: the message stays queued and is tried again. */
const TRY_AGAIN = new Set(["too_fast", "store_unavailable", "failed"]);
const MOST_TRIES = 20;

export class Live extends EventTarget {
  /** Round trip of the last ping in milliseconds, null before the first. */
  latencyMs = null;
  status = STATUS.CONNECTING;

  #url;
  #outbox;
  #socket = null;
  #followings = new Map();
  #asked = new Map();
  #number = 0;
  #nth = 0;
  #attempts = 0;
  #timers = new Map();
  #retryMs = null;
  #inFlight = null;
  #listening = new AbortController();

  /**
   * @param {object} options
   * @param {string} [options.url] address of the hub; default: /live of this site
   * @param {string|null} [options.owner] id of the signed-in person; without it unsent messages
   *   are kept in memory only, because the next person at this device must not send them
   * @param {Storage|null} [options.storage] default: localStorage
   */
  constructor({ url = liveUrl(), owner = null, storage = browserStorage() } = {}) {
    super();
    this.#url = url;
    this.#outbox = new Outbox(owner === null ? null : storage, owner);
    this.#listenToPage();
    this.#connect();
  }

  /** Follow a stream; see the top of the file. Following a stream twice shares one subscription. */
  follow(stream, listener = {}) {
    let following = this.#followings.get(stream);
    if (following === undefined) {
      following = new Following(stream, listener.epoch, listener.seq);
      this.#followings.set(stream, following);
      if (this.status === STATUS.ONLINE) this.#subscribe(following);
    } else if (following.ready) {
      listener.onReady?.({ seq: following.seq, reset: false });
      if (Object.keys(following.state).length) listener.onState?.(following.state);
    }
    following.listeners.add(listener);
    return {
      send: (text, options) => this.send(stream, text, options),
      edit: (of, text) => this.#enqueue({ op: "edit", stream, of, text }),
      remove: (of) => this.#enqueue({ op: "delete", stream, of }),
      react: (of, reaction, on) => this.#enqueue({ op: "react", stream, of, reaction, on }),
      press: (button) => this.press(stream, button),
      read: (seq) => this.#ask({ op: "read", stream, seq }),
      typing: () => this.#typing(following),
      stop: () => this.#stop(following, listener),
    };
  }

  /** Queue a message. Returns its client id and a promise of {seq, epoch, duplicate} or of a Refusal. */
  send(stream, text, { replyTo = null } = {}) {
    return this.#enqueue({ op: "send", stream, text, ...(replyTo === null ? {} : { reply_to: replyTo }) });
  }

  /** Queue a press of a button under a message of a chat. */
  press(stream, { of, data }) {
    return this.#enqueue({ op: "press", stream, of, data });
  }

  /** Messages of a stream (or of all) that the server has not acknowledged, oldest first. */
  unsent(stream = null) {
    return this.#outbox.all().filter((message) => stream === null || message.stream === stream);
  }

  /** Forget an unsent message, at the writer's wish. */
  discard(clientId) {
    this.#outbox.remove(clientId);
  }

  /** Leave for good. Unsent messages stay stored for the next page. */
  close() {
    this.#setStatus(STATUS.CLOSED);
    this.#listening.abort();
    this.#dropSocket();
    this.#clearTimers();
  }

  // --- connection -----------------------------------------------------------------------------

  #connect() {
    if (this.#isOver() || this.#socket !== null) return;
    this.#clearTimer("retry");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    // A network that swallows packets never refuses: without a limit this would wait for minutes.
    this.#setTimer("open", ANSWER_WITHIN_MS, () => this.#lost());
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#heard(JSON.parse(data));
    socket.onclose = ({ code }) => this.#closed(socket, code);
  }

  #opened() {
    this.#clearTimer("open");
    this.#retryMs = null;
    this.#setStatus(STATUS.ONLINE);
    for (const following of this.#followings.values()) this.#subscribe(following);
    this.#sendNext();
    this.#ping();
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#dropSocket();
    if (code === CODE.SIGNED_OUT || code === CODE.ORIGIN) this.#setStatus(STATUS.SIGNED_OUT);
    else if (!this.#isOver()) this.#retryLater(code);
  }

  /** The connection is silent: treat it as gone without waiting for the network to notice. */
  #lost() {
    this.#dropSocket();
    if (!this.#isOver()) this.#retryLater(null);
  }

  #dropSocket() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#asked.clear();
    this.#inFlight = null;
    for (const name of ["open", "ping", "pong", "answer", "again"]) this.#clearTimer(name);
    for (const following of this.#followings.values()) following.ready = false;
  }

  #retryLater(code) {
    // Everybody loses a restarted server in the same moment; nobody may come back in the same one.
    const cap = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#attempts);
    const pause = (this.#retryMs ?? 0) + cap * (code === CODE.RESUME ? 0.2 : 1) * Math.random();
    this.#attempts += 1;
    this.#retryMs = null;
    const away = navigator.onLine === false || this.#attempts > OFFLINE_AFTER_ATTEMPTS;
    this.#setStatus(away ? STATUS.OFFLINE : STATUS.CONNECTING, Math.round(pause));
    this.#setTimer("retry", pause, () => this.#connect());
  }

  #listenToPage() {
    const options = { signal: this.#listening.signal };
    window.addEventListener("online", () => this.#hurry(), options);
    window.addEventListener("offline", () => this.#lost(), options);
    // A page in the back-forward cache may hold no socket; one that comes back opens a new one.
    window.addEventListener("pagehide", () => this.#dropSocket(), options);
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#hurry(), options);
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hurry(), options);
  }

  /** Somebody looks at the page or the network is back: find out now and not at the next timer. */
  #hurry() {
    if (this.#socket === null) this.#connect();
    else if (this.status === STATUS.ONLINE) this.#ping();
  }

  #ping() {
    this.#clearTimer("ping");
    if (this.#timers.has("pong")) return;
    const begun = performance.now();
    this.#setTimer("pong", ANSWER_WITHIN_MS, () => this.#lost());
    this.#ask({ op: "ping" }).then(
      () => {
        this.#clearTimer("pong");
        // Only a connection that has answered counts as one: else a crashing server is never spared.
        this.#attempts = 0;
        this.latencyMs = Math.round(performance.now() - begun);
        this.dispatchEvent(new CustomEvent("latency", { detail: this.latencyMs }));
        // A hidden page is asked less often by its browser anyway; the server's own pings go on.
        this.#setTimer("ping", PING_EVERY_MS, () => this.#ping());
      },
      () => {},
    );
  }

  // --- requests and answers -------------------------------------------------------------------

  /** Ask and promise the answer. A loss of the connection leaves the promise open: see who asks. */
  #ask(message) {
    this.#number += 1;
    const id = this.#number;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#transmit({ ...message, id });
    });
  }

  #transmit(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #heard(message) {
    const following = this.#followings.get(message.stream);
    switch (message.op) {
      case "ok":
        this.#answered(message.id)?.resolve(message);
        break;
      case "refused":
        this.#answered(message.id)?.reject(new Refusal(message.code, message.message));
        break;
      case "subscribed":
        this.#answered(message.id)?.resolve(message);
        following?.begin(message);
        break;
      case "events":
        // A hole cannot be by the protocol; if it ever is, reading again beats showing half.
        if (following !== undefined && !following.take(message)) this.#subscribe(following);
        break;
      case "state":
        following?.show(message.state);
        break;
      case "bye":
        this.#retryMs = message.retry_ms;
        break;
    }
  }

  #answered(id) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    return asked;
  }

  #subscribe(following) {
    following.ready = false;
    this.#ask(following.request()).catch((refusal) => {
      this.#followings.delete(following.stream);
      following.tell("onRefused", refusal);
    });
  }

  #stop(following, listener) {
    following.listeners.delete(listener);
    if (following.listeners.size || this.#followings.get(following.stream) !== following) return;
    this.#followings.delete(following.stream);
    if (this.status === STATUS.ONLINE) {
      this.#ask({ op: "unsubscribe", stream: following.stream }).catch(() => {});
    }
  }

  #typing(following) {
    const now = performance.now();
    if (now - following.typedAt < TYPING_EVERY_MS) return;
    following.typedAt = now;
    this.#transmit({ op: "typing", stream: following.stream });
  }

  // --- messages on their way ------------------------------------------------------------------

  #enqueue(content) {
    const message = { ...content, client_id: newClientId(), at: Date.now(), nth: ++this.#nth };
    const done = this.#outbox.add(message);
    // Whoever does not wait for it learns of a refusal by the "refused" event.
    done.catch(() => {});
    this.#sendNext();
    return { clientId: message.client_id, done };
  }

  #sendNext() {
    if (this.status !== STATUS.ONLINE || this.#inFlight !== null || this.#timers.has("again")) return;
    const message = this.#outbox.first();
    if (message === undefined) return;
    this.#inFlight = message.client_id;
    this.#setTimer("answer", ANSWER_WITHIN_MS, () => this.#lost());
    this.#ask(requestOf(message)).then(
      (answer) => this.#settled(message, () => this.#outbox.acknowledge(message.client_id, answer)),
      (refusal) => this.#settled(message, () => this.#refused(message, refusal)),
    );
  }

  #settled(message, settle) {
    if (this.#inFlight !== message.client_id) return;
    this.#inFlight = null;
    this.#clearTimer("answer");
    settle();
    this.#sendNext();
  }

  #refused(message, refusal) {
    message.tries = (message.tries ?? 0) + 1;
    if (TRY_AGAIN.has(refusal.code) && message.tries < MOST_TRIES) {
      this.#setTimer("again", Math.min(1000 * message.tries, LAST_PAUSE_MS), () => this.#sendNext());
      return;
    }
    this.#outbox.refuse(message.client_id, refusal);
    this.dispatchEvent(new CustomEvent("refused", { detail: { message, refusal } }));
  }

  // --- small things ---------------------------------------------------------------------------

  #isOver() {
    return this.status === STATUS.CLOSED || this.status === STATUS.SIGNED_OUT;
  }

  #setStatus(status, retryInMs = null) {
    this.status = status;
    this.dispatchEvent(new CustomEvent("status", { detail: { status, retryInMs } }));
  }

  #setTimer(name, delay, action) {
    this.#clearTimer(name);
    const run = () => {
      this.#timers.delete(name);
      action();
    };
    this.#timers.set(name, setTimeout(run, delay));
  }

  #clearTimer(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  #clearTimers() {
    for (const name of [...this.#timers.keys()]) this.#clearTimer(name);
  }
}

/** The server did not do it; `code` is stable, `message` is a sentence for the person. */
export class Refusal extends Error {
  constructor(code, message) {
    super(message);
    this.name = "Refusal";
    this.code = code;
  }
}

/** One stream: where we stand in it and who wants to know. */
class Following {
  listeners = new Set();
  state = {};
  ready = false;
  typedAt = -Infinity;

  constructor(stream, epoch = null, seq = null) {
    this.stream = stream;
    this.epoch = epoch;
    this.seq = seq;
  }

  request() {
    const request = { op: "subscribe", stream: this.stream };
    if (this.epoch !== null) request.epoch = this.epoch;
    if (this.seq !== null) request.seq = this.seq;
    return request;
  }

  /** The server says from where it will tell. */
  begin({ epoch, seq, from, reset }) {
    this.ready = true;
    if (epoch) {
      this.epoch = epoch;
      this.seq = from;
    }
    if (reset) this.tell("onReset");
    this.tell("onReady", { seq, reset });
  }

  /** Pass on what is new; false if something before it is missing. */
  take({ epoch, events }) {
    // Late frames of a subscription that is being renewed.
    if (!this.ready || epoch !== this.epoch) return true;
    const fresh = events.filter((event) => event.seq > this.seq);
    if (fresh.length === 0) return true;
    if (fresh[0].seq !== this.seq + 1) return false;
    this.seq = fresh[fresh.length - 1].seq;
    this.tell("onEvents", fresh);
    return true;
  }

  show(state) {
    Object.assign(this.state, state);
    this.tell("onState", state);
  }

  tell(name, detail) {
    for (const listener of [...this.listeners]) {
      try {
        listener[name]?.(detail);
      } catch (error) {
        // One part of the page that fails must not cost the others their events.
        reportError(error);
      }
    }
  }
}

/** Messages that the server has not acknowledged; each under a key of its own, so that tabs do not overwrite. */
class Outbox {
  #storage;
  #prefix;
  #messages = new Map();
  #promises = new Map();

  constructor(storage, owner) {
    this.#storage = storage;
    this.#prefix = `s24:unsent:${owner}:`;
    for (const message of this.#stored()) this.#messages.set(message.client_id, message);
  }

  add(message) {
    this.#messages.set(message.client_id, message);
    this.#store(message);
    return new Promise((resolve, reject) => {
      this.#promises.set(message.client_id, { resolve, reject });
    }).finally(() => this.#promises.delete(message.client_id));
  }

  first() {
    return this.#messages.values().next().value;
  }

  all() {
    return [...this.#messages.values()];
  }

  acknowledge(clientId, { stream, epoch, seq, duplicate }) {
    this.remove(clientId);
    this.#promises.get(clientId)?.resolve({ stream, epoch, seq, duplicate });
  }

  refuse(clientId, refusal) {
    this.remove(clientId);
    const promise = this.#promises.get(clientId);
    promise?.reject(refusal);
  }

  remove(clientId) {
    this.#messages.delete(clientId);
    this.#storage?.removeItem(this.#prefix + clientId);
  }

  #store(message) {
    try {
      this.#storage?.setItem(this.#prefix + message.client_id, JSON.stringify(message));
    } catch {
      // A full or forbidden storage costs the survival of a reload, not the message.
    }
  }

  #stored() {
    if (this.#storage === null) return [];
    const keys = Object.keys(this.#storage).filter((key) => key.startsWith(this.#prefix));
    const messages = keys.map((key) => JSON.parse(this.#storage.getItem(key)));
    const [kept, lapsed] = [[], []];
    for (const message of messages) (Date.now() - message.at < KEEP_UNSENT_MS ? kept : lapsed).push(message);
    for (const message of lapsed) this.#storage.removeItem(this.#prefix + message.client_id);
    return kept.sort((a, b) => a.at - b.at || a.nth - b.nth);
  }
}

/** What goes out of a queued message. A change of a message needs no name of its own: twice is once. */
function requestOf({ at: _at, nth: _nth, tries: _tries, client_id: clientId, ...request }) {
  return request.op === "send" || request.op === "press" ? { ...request, client_id: clientId } : request;
}

function liveUrl() {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`;
}

function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    // Forbidden by the browser's settings.
    return null;
  }
}

function newClientId() {
  // randomUUID exists on https and localhost only; a town may try it out over plain http in its own network.
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
