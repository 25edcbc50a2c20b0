// A clock that moves only when a test says so, and stand-ins for the browser's two kinds of connection that record
// what was asked of them. The browser tests use the real ones against the real server.

export function clockwork() {
  let time = 1_000_000;
  let ids = 0;
  let set = 0;
  /** @type {Map<number, { at: number, run: () => void }>} */
  const timers = new Map();
  return {
    now: () => time + set,
    /** Sets the clock, as a person or a time server does: what waits for its time is not touched. */
    jump(/** @type {number} */ ms) { set += ms; },
    set(/** @type {() => void} */ run, /** @type {number} */ ms) {
      timers.set(++ids, { at: time + ms, run });
      return ids;
    },
    clear: (/** @type {number} */ id) => { timers.delete(id); },
    /** Moves the clock, running what falls due in order. */
    pass(/** @type {number} */ ms) {
      const end = time + ms;
      for (;;) {
        const due = [...timers].filter(([, t]) => t.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
        if (!due) break;
        timers.delete(due[0]);
        time = Math.max(time, due[1].at);
        due[1].run();
      }
      time = end;
    },
    pending: () => timers.size,
  };
}

/** @returns {any} a class in the place of EventSource, which remembers what it `opened` and its `last` */
export function sourceClass() {
  return class Source {
    /** @type {Source[]} */
    static opened = [];
    static get last() { return this.opened.at(-1); }
    /** @type {Record<string, (event: any) => void>} */
    listeners = {};
    /** @type {((event: any) => void) | undefined} */
    onopen;
    /** @type {((event: any) => void) | undefined} */
    onerror;
    readyState = 0;
    isClosed = false;
    /** @param {string} url */
    constructor(url) {
      this.url = url;
      Source.opened.push(this);
    }
    /** @param {string} name @param {(event: any) => void} f */
    addEventListener(name, f) { this.listeners[name] = f; }
    close() { this.isClosed = true; }
    open() { this.readyState = 1; this.onopen?.({}); }
    fail(readyState = 0) { this.readyState = readyState; this.onerror?.({}); }
    /** @param {string} name @param {any} data */
    send(name, data) {
      const event = { data: JSON.stringify(data) };
      if (name === "error") this.onerror?.(event);
      else this.listeners[name]?.(event);
    }
  };
}

/** @returns {any} a class in the place of WebSocket, which remembers what it `opened` and its `last` */
export function socketClass() {
  return class Socket {
    /** @type {Socket[]} */
    static opened = [];
    static get last() { return this.opened.at(-1); }
    readyState = 0;
    /** @type {any[]} */
    sent = [];
    /** @type {((event: any) => void) | undefined} */
    onopen;
    /** @type {((event: any) => void) | undefined} */
    onclose;
    /** @type {((event: any) => void) | undefined} */
    onmessage;
    /** @param {string} url */
    constructor(url) {
      this.url = url;
      Socket.opened.push(this);
    }
    /** @param {string} text */
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
    open() { this.readyState = 1; this.onopen?.({}); }
    die() { this.readyState = 3; this.onclose?.({}); }
    /** @param {string} type @param {any} data */
    frame(type, data) { this.onmessage?.({ data: JSON.stringify({ type, data }) }); }
  };
}
