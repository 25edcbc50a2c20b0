// One project's steps for all tabs of a browser. One tab leads: it has the event stream, and tells the others over a
// channel what comes; they follow. When it closes or crashes its lock falls to the next tab, and when it is frozen the
// next takes it away; each goes on from its own cursor. Who leads but finds no slot for a stream asks now and then
// instead. This is the one file that knows locks and channels; slots.js decides, feed.js, poll.js and follower.js do.

import { START } from "./cursor.js";
import { openFeed } from "./feed.js";
import { openFollower } from "./follower.js";
import { hold } from "./hold.js";
import { openPoll } from "./poll.js";
import { SLOTS, chooseSlot, isSeen, leadName, seenName, slotName } from "./slots.js";

/** @typedef {{ release: () => void }} Hold */

/** Whether the tabs of this browser can share. Browsers allow it on https and on this machine, not on plain HTTP from another. */
const canShare = () => Boolean(navigator.locks && globalThis.BroadcastChannel);

/**
 * @param {{ projectId: string, cursor?: import("./cursor.js").Cursor, on: import("./feed.js").Listener, load: import("./catch-up.js").Load }} options
 */
export function openSharedFeed({ projectId, cursor = START, on, load }) {
  /** @type {import("./feed.js").Source | null} set while this tab leads, or has nobody to share with */
  let source = null;
  /** @type {ReturnType<typeof openFollower> | null} */
  let follower = null;
  /** @type {Hold | null} */
  let lead = null;
  /** @type {Hold | null} */
  let slot = null;
  /** @type {Hold | null} */
  let seen = null;
  /** @type {AbortController | null} */
  let queued = null;
  /** @type {BroadcastChannel | null} */
  let channel = null;
  /** @type {import("./state.js").Link | null} what was said last, for tabs that come later */
  let link = null;
  /** @type {Map<string, any>} the last heartbeat and what is degraded, for the same */
  const standing = new Map();
  let isClaiming = false;
  let isClosed = false;

  const position = () => source?.cursor ?? follower?.cursor ?? cursor;
  const say = (/** @type {any} */ message) => channel?.postMessage(message);

  /** What the leading tab hears it says aloud. @type {import("./feed.js").Listener} */
  const aloud = {
    link(next) {
      if (next.phase === "connecting") standing.clear();
      link = { ...next, via: channel === null ? "alone" : slot ? "stream" : "poll" };
      say({ type: "link", link });
      on.link(link);
    },
    activities(list) {
      say({ type: "activities", list });
      on.activities(list);
    },
    event(name, data) {
      if (name === "system" || name === "heartbeat") standing.set(data.part ?? name, { name, data });
      say({ type: "event", name, data });
      on.event(name, data);
    },
    refused() {
      say({ type: "refused" });
      on.refused();
    },
  };

  async function start() {
    try {
      const mine = await hold(navigator.locks, leadName(projectId), { ifAvailable: true }, stepDown);
      if (mine) return await takeOver(mine);
      if (!isClosed) follow();
      await queue();
    } catch {
      // Locks that are forbidden to this page: as where there are none.
      if (!isClosed) goAlone();
    }
  }

  /** Waits for the lead to become free. */
  async function queue() {
    if (isClosed) return;
    queued = new AbortController();
    const mine = await hold(navigator.locks, leadName(projectId), { signal: queued.signal }, stepDown);
    if (mine) await takeOver(mine);
  }

  /** Takes the lead away from a tab that gives no sign. */
  async function seize() {
    queued?.abort();
    const mine = await hold(navigator.locks, leadName(projectId), { steal: true }, stepDown);
    if (mine) await takeOver(mine);
  }

  /** @param {Hold} mine */
  async function takeOver(mine) {
    if (isClosed) return mine.release();
    lead = mine;
    // Said at once, so that no other tab thinks that nobody leads.
    say({ type: "link", link: { ...(link ?? { failures: 0, lastEventAt: null }), phase: "connecting", since: Date.now() } });
    isClaiming = true;
    const first = await takeSlot();
    isClaiming = false;
    if (lead !== mine) return first?.release();
    slot = first;
    open();
  }

  function open() {
    cursor = position();
    source?.close();
    follower?.close();
    follower = null;
    source = slot ? openFeed({ projectId, cursor, on: aloud })
      : openPoll({ cursor, on: aloud, load, before: () => void claimSlot() });
  }

  /** @returns {Promise<Hold | null>} */
  async function takeSlot() {
    // Another tab may be quicker with the one that was chosen; then there may be a next one.
    for (let i = 0; i < SLOTS; i++) {
      const { held = [] } = await navigator.locks.query();
      const choice = chooseSlot(held, projectId);
      if (!choice) return null;
      const mine = await hold(navigator.locks, slotName(choice.slot), choice.steal ? { steal: true } : { ifAvailable: true }, loseSlot);
      if (mine) return mine;
    }
    return null;
  }

  /** A stream instead of asking now and then, if one may be had. */
  async function claimSlot() {
    if (lead === null || slot !== null || isClaiming) return;
    isClaiming = true;
    const mine = await takeSlot();
    isClaiming = false;
    if (mine === null) return;
    if (lead === null || slot !== null) return mine.release();
    slot = mine;
    open();
  }

  /** A project that somebody looks at needs the stream more. */
  function loseSlot() {
    slot = null;
    if (lead !== null && source !== null) open();
  }

  /** Another tab took the lead while this one was frozen. */
  function stepDown() {
    lead = null;
    if (isClosed) return;
    cursor = position();
    source?.close();
    source = null;
    letGo();
    follow();
    void queue();
  }

  function letGo() {
    slot?.release();
    slot = null;
  }

  function follow() {
    follower = openFollower({
      cursor, on, load, isHidden: () => document.hidden, ask: () => say({ ask: "sign" }), silent: () => void seize(),
    });
  }

  function goAlone() {
    channel?.close();
    channel = null;
    source = openFeed({ projectId, cursor, on: aloud });
  }

  /** @param {any} message */
  function hear(message) {
    if (!message.ask) return follower?.receive(message);
    if (lead === null) return;
    if (message.ask === "slot") void claimSlot();
    if (message.ask === "wake") source?.wake();
    if (link) say({ type: "link", link });
    for (const event of standing.values()) say({ type: "event", ...event });
  }

  /** Tells all tabs whether this one is looked at. */
  async function look() {
    if (channel === null) return;
    if (document.hidden) {
      seen?.release();
      seen = null;
      return;
    }
    if (seen !== null) return;
    const mine = await hold(navigator.locks, seenName(projectId), { mode: "shared" });
    if (isClosed || document.hidden || seen !== null) return mine?.release();
    seen = mine;
    if (lead !== null) void claimSlot();
    else say({ ask: "slot" });
  }

  if (canShare()) {
    channel = new BroadcastChannel(leadName(projectId));
    channel.onmessage = ({ data }) => hear(data);
    document.addEventListener("visibilitychange", look);
    void look();
    void start();
  } else goAlone();

  return {
    /** Whether it falls to this tab to do what only one of them should. */
    get isLeading() { return follower === null; },
    /** Whether a person sees this project in any tab of this browser. */
    async isSeen() {
      if (channel === null) return !document.hidden;
      const { held = [] } = await navigator.locks.query();
      return isSeen(held, projectId);
    },
    /** Connects at once unless the connection has just proven itself. */
    wake() {
      source?.wake();
      if (follower === null) return;
      say({ ask: "wake" });
      follower.check();
    },
    /** The network is known to be gone. */
    lost() { source?.lost(); },
    close() {
      isClosed = true;
      document.removeEventListener("visibilitychange", look);
      queued?.abort();
      source?.close();
      follower?.close();
      letGo();
      for (const one of [lead, seen]) one?.release();
      lead = seen = null;
      channel?.close();
    },
  };
}
