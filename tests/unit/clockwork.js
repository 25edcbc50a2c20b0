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
    jump(ms) { set += ms; },
    set(run, ms) {
      timers.set(++ids, { at: time + ms, run });
      return ids;
    },
    clear: (id) => { timers.delete(id); },
    /** Moves the clock, running what falls due in order. */
    pass(ms) {
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

export function sourceClass() {
  return class Source {
    static opened = [];
    static get last() { return this.opened.at(-1); }
    listeners = {};
    readyState = 0;
    isClosed = false;
    constructor(url) {
      this.url = url;
      Source.opened.push(this);
    }
    addEventListener(name, f) { this.listeners[name] = f; }
    close() { this.isClosed = true; }
    open() { this.readyState = 1; this.onopen?.({}); }
    fail(readyState = 0) { this.readyState = readyState; this.onerror?.({}); }
    send(name, data) {
      const event = { data: JSON.stringify(data) };
      if (name === "error") this.onerror?.(event);
      else this.listeners[name]?.(event);
    }
  };
}

export function socketClass() {
  return class Socket {
    static opened = [];
    static get last() { return this.opened.at(-1); }
    readyState = 0;
    sent = [];
    constructor(url) {
      this.url = url;
      Socket.opened.push(this);
    }
    send(text) { this.sent.push(JSON.parse(text)); }
    close() { this.readyState = 3; }
    open() { this.readyState = 1; this.onopen?.({}); }
    die() { this.readyState = 3; this.onclose?.({}); }
    frame(type, data) { this.onmessage?.({ data: JSON.stringify({ type, data }) }); }
  };
}
