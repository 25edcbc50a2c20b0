// What this browser keeps of each project's log, so that a reload shows at once what was there and asks only for what is
// newer. It is a copy: it may be lost, forbidden or behind at any time, and then the page works without it. Written
// beside the hot path, many steps at a time, and bounded.

import { recall, remember } from "./storage.js";

/** The newest steps kept of a project: what a person scrolls through before asking for earlier ones. */
export const KEPT_STEPS = 500;
/** The projects of which something is kept: those opened last. */
export const KEPT_PROJECTS = 12;
/** Steps are written together, so long after the first of them. */
const WRITE_MS = 500;

/** Remembered beside the database: whether there ever was anything in it. */
const KEEPS = "keeps";
const NAME = "pm";
const STEPS = "steps";
const PROJECTS = "projects";

/** @type {Promise<IDBDatabase> | null} */
let opening = null;
/** @type {IDBDatabase | null} the same, once it is open: a page that is left has no time to wait for a promise */
let open = null;
/** @type {Map<string, any[]>} */
const waiting = new Map();
/** @type {any} */
let timer = null;

/** @returns {Promise<IDBDatabase>} */
function database() {
  return opening ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 2);
    request.onupgradeneeded = () => {
      for (const old of [...request.result.objectStoreNames]) request.result.deleteObjectStore(old);
      request.result.createObjectStore(STEPS, { keyPath: ["project", "seq"] });
      request.result.createObjectStore(PROJECTS, { keyPath: "project" });
    };
    request.onsuccess = () => {
      const db = open = request.result;
      // A later version of the page wants to change it; a browser that clears its data closes it.
      db.onversionchange = () => { db.close(); opening = open = null; };
      db.onclose = () => { opening = open = null; };
      done(db);
    };
    request.onerror = () => failed(request.error);
    request.onblocked = () => failed(new Error("another version of the page holds the database"));
  });
}

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
const answer = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

const all = (/** @type {string} */ project, to = Infinity) => IDBKeyRange.bound([project, 0], [project, to]);

/**
 * The newest steps of a project in order, without a hole; none when there is nothing, or no database.
 * @param {string} project @returns {Promise<any[]>}
 */
export function recallSteps(project) {
  // To make a database takes a browser a quarter of a second: nobody waits for one that has nothing in it.
  return recall(KEEPS, false) ? quietly(read(project), []) : Promise.resolve([]);
}

/** @param {string} project */
async function read(project) {
  const steps = (await database()).transaction(STEPS).objectStore(STEPS);
  const rows = await answer(steps.getAll(all(project)));
  return newestRun(joined(rows.map((row) => JSON.parse(row.steps)))).slice(-KEPT_STEPS);
}

/**
 * What was written down bit by bit, in order and each once: two tabs may have written the same.
 * @template {{ seq: number }} T @param {T[][]} parts @returns {T[]}
 */
export function joined(parts) {
  const bySeq = new Map(parts.flat().map((step) => [step.seq, step]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/**
 * The longest run without a hole that ends with the newest step. A hole is what nobody wrote down: a tab that crashed.
 * @template {{ seq: number }} T @param {T[]} steps in order @returns {T[]}
 */
export function newestRun(steps) {
  let from = steps.length - 1;
  while (from > 0 && steps[from - 1].seq === steps[from].seq - 1) from--;
  return steps.slice(Math.max(0, from));
}

/** Keeps more steps of a project, soon. @param {string} project @param {any[]} activities */
export function keepSteps(project, activities) {
  const list = waiting.get(project) ?? [];
  list.push(...activities);
  waiting.set(project, list.length > 2 * KEPT_STEPS ? list.slice(-KEPT_STEPS) : list);
  timer ??= setTimeout(write, WRITE_MS);
}

/** Forgets a project: it was deleted, or its log is another one now. @param {string} project */
export function forgetSteps(project) {
  waiting.delete(project);
  void quietly(database().then((db) => {
    const both = db.transaction([STEPS, PROJECTS], "readwrite");
    both.objectStore(STEPS).delete(all(project));
    both.objectStore(PROJECTS).delete(project);
  }), undefined);
}

let listed = "";

/** Forgets the projects that are no more. @param {string[]} there those that are @returns {Promise<void>} when that is done */
export async function forgetStepsBut(there) {
  const list = there.toSorted().join(" ");
  if (list === listed) return;
  listed = list;
  await quietly(database().then(async (db) => {
    const kept = await answer(db.transaction(PROJECTS).objectStore(PROJECTS).getAllKeys());
    for (const project of kept.map(String)) if (!there.includes(project)) forgetSteps(project);
  }), undefined);
}

function write() {
  clearTimeout(timer);
  timer = null;
  const batch = [...waiting];
  waiting.clear();
  if (batch.length > 0) void quietly(open ? store(open, batch) : database().then((db) => store(db, batch)), undefined);
}

/** @param {IDBDatabase} db @param {[string, any[]][]} batch */
async function store(db, batch) {
  const both = db.transaction([STEPS, PROJECTS], "readwrite", { durability: "relaxed" });
  for (const [project, activities] of batch) {
    const newest = activities.slice(-KEPT_STEPS);
    const { seq } = newest[newest.length - 1];
    // As one text: a thousand steps a second one by one would be felt.
    both.objectStore(STEPS).put({ project, seq, steps: JSON.stringify(newest) });
    both.objectStore(STEPS).delete(all(project, Math.max(0, seq - KEPT_STEPS)));
    both.objectStore(PROJECTS).put({ project, usedAt: Date.now() });
  }
  both.commit();
  if (!recall(KEEPS, false)) remember(KEEPS, true);
  const known = await answer(db.transaction(PROJECTS).objectStore(PROJECTS).getAll());
  for (const { project } of known.sort((a, b) => b.usedAt - a.usedAt).slice(KEPT_PROJECTS)) forgetSteps(project);
}

/** A copy that cannot be kept or read costs a little time and nothing else. @template T @param {Promise<T>} work @param {T} otherwise @returns {Promise<T>} */
async function quietly(work, otherwise) {
  try {
    return await work;
  } catch {
    return otherwise;
  }
}

globalThis.addEventListener?.("pagehide", write);
