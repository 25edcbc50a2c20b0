// What this browser remembers between visits. Storage may be full, forbidden or broken by hand: then the page works
// without memory.

const PREFIX = "pm.";

/** @template T @param {string} key @param {T} fallback @returns {T} */
export function recall(key, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/** @param {string} key @param {any} value `null` and empty text or lists are forgotten */
export function remember(key, value) {
  try {
    if (value === null || value === "" || (Array.isArray(value) && value.length === 0)) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // Private windows and full disks: nothing to do, and nothing that anyone needs to be told.
  }
}

/** Forgets everything whose key begins so. @param {string[]} beginnings */
export function forgetAll(beginnings) {
  try {
    const keys = Object.keys(localStorage);
    for (const key of keys) if (beginnings.some((begin) => key.startsWith(PREFIX + begin))) localStorage.removeItem(key);
  } catch {
    // Nothing is kept where nothing may be.
  }
}

/** An id of our own making; `crypto.randomUUID` is missing on plain HTTP from another host. */
export function newId() {
  if (typeof globalThis.crypto?.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
