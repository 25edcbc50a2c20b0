// Looking into a log: what a filter lets through, what stands around a step, which entries have certain words. Each asks
// the server, which has the whole log, and puts the answer in place of the newest steps.

import { api, words } from "./api.js";
import { executionIds, isEnded } from "./execution.js";
import { NO_FILTER, isEmpty, ignoresVerbosity, queryOf } from "./filter.js";
import { has } from "./lens.js";
import { projectHash } from "./route.js";
import { HITS_MAX, moved } from "./search.js";
import { currentId, dispatch, filter, held, notice, setVerbosity, tab, verbosity, view } from "./store.js";
import { newId } from "./storage.js";

/** Entries in a page of what a filter lets through, and on each side of a step. */
const PAGE = 100;
const AROUND = 60;
/** A search needs only the places, but its pages come with all the entries have. */
const HITS_PAGE = 200;

let wishes = 0;

/** @param {string} type @param {any} action */
const say = (type, action) => dispatch({ projectId: currentId.value, type, ...action });
/** @param {any} news */
const tellLens = (news) => say("lens", { news: { now: Date.now(), ...news } });
/** Whoever is shown another part of the log is at its end, until they scroll. */
const startAnew = () => say("activities/reading", { isReading: false });

/** Whether an answer still belongs to what is on the screen. @param {string} projectId @param {string} key */
const isWanted = (projectId, key) => currentId.value === projectId && view.value.lens?.key === key;

/** Shows what a filter lets through; an empty one is the whole log again. @param {import("./filter.js").Filter} wanted */
export async function setFilter(wanted) {
  const projectId = currentId.value;
  if (!projectId) return;
  leaveAddress();
  endSearch();
  if (isEmpty(wanted) && !wanted.period) return closeLens();
  const key = newId();
  const level = ignoresVerbosity(wanted) ? 3 : verbosity.value;
  openLens({ key, filter: wanted, verbosity: level });
  try {
    const query = queryOf(wanted, Date.now(), level);
    const [page, first] = await Promise.all([api.activity(projectId, { ...query, limit: PAGE }), api.activity(projectId, { after: 0, limit: 1 })]);
    await loadExecutions(projectId, page.items);
    if (!isWanted(projectId, key)) return;
    tellLens({ type: "lens/loaded", key, activities: page.items, hasEarlier: page.next !== null, hasLater: false, first: first.items[0]?.seq ?? 1 });
  } catch (error) {
    if (!isWanted(projectId, key)) return;
    closeLens();
    notice.value = `The steps could not be filtered: ${words(error)}`;
  }
}

/** How much is shown. What a filter lets through was counted by the server, so it counts anew. @param {number} level */
export function chooseVerbosity(level) {
  setVerbosity(level);
  if (!isEmpty(filter.value)) void setFilter(filter.value);
}

/** What is before or after the part that is shown. @param {"earlier" | "later"} where */
export async function loadMore(where) {
  const { lens } = view.value;
  const projectId = currentId.value;
  if (!lens || !projectId || lens.activities.length === 0) return;
  /** @type {Record<string, number>} */
  const place = where === "earlier" ? { before: lens.activities[0].seq } : { after: /** @type {any} */ (lens.activities.at(-1)).seq };
  try {
    const page = await api.activity(projectId, { ...queryOf(lens.filter, Date.now(), lens.verbosity), ...place, limit: PAGE });
    await loadExecutions(projectId, page.items);
    if (isWanted(projectId, lens.key)) tellLens({ type: `lens/${where}`, key: lens.key, activities: page.items, hasMore: page.next !== null });
  } catch (error) {
    notice.value = `More steps could not be loaded: ${words(error)}`;
  }
}

/** The newest steps again, with nothing filtered. */
export function backToNewest() {
  leaveAddress();
  say("target", { target: null });
  closeLens();
}

/** @param {{ key: string, filter: import("./filter.js").Filter, verbosity: number }} lens */
function openLens(lens) {
  startAnew();
  tellLens({ type: "lens/opened", ...lens });
}

/** The newest of what is shown: of the log, or of what the filter lets through. */
export const toNewest = () => isEmpty(filter.value) ? backToNewest() : void setFilter(filter.value);

function closeLens() {
  const { lens } = view.value;
  if (!lens) return;
  startAnew();
  tellLens({ type: "lens/closed", key: lens.key });
}

/** A step that is no longer looked at does not stay in the address. */
function leaveAddress() {
  const projectId = currentId.value;
  if (projectId && view.value.target?.isOwn) history.pushState(null, "", projectHash(projectId));
  if (view.value.target) say("target", { target: null });
}

/** What the address says of a step, or no longer says. @param {number | null} seq */
export function followStep(seq) {
  if (seq !== null) {
    tab.value = "activity";
    if (!isEmpty(filter.value)) closeLens();
    return void showStep(seq, { isOwn: true });
  }
  if (!view.value.target?.isOwn) return;
  say("target", { target: null });
  if (isEmpty(filter.value)) closeLens();
}

/** Brings a step onto the screen, wherever in the log it is. @param {number} seq @param {{ isOwn: boolean }} how */
export async function showStep(seq, { isOwn }) {
  const projectId = currentId.value;
  if (!projectId) return;
  const at = ++wishes;
  const aim = (/** @type {string | null} */ problem) => say("target", { target: { seq, at, isOwn, problem } });
  const { lens } = view.value;
  if (has(held.value.activities, seq)) return aim(null);
  const wanted = lens?.filter ?? NO_FILTER;
  const key = newId();
  const query = queryOf(wanted, Date.now(), 3);
  if (isOwn) {
    openLens({ key, filter: wanted, verbosity: 3 });
    aim(null);
  }
  try {
    const [until, after] = await Promise.all([
      api.activity(projectId, { ...query, before: seq + 1, limit: AROUND }), api.activity(projectId, { ...query, after: seq, limit: AROUND }),
    ]);
    if (currentId.value !== projectId || at !== wishes) return;
    const found = has(until.items, seq);
    // The newest steps may have come meanwhile, and among them this one.
    if ((!found || has(view.value.activities, seq)) && isEmpty(wanted)) {
      closeLens();
      return aim(found ? null : absence(seq, until.head, after.items[0]?.seq));
    }
    const items = [...until.items, ...after.items];
    await loadExecutions(projectId, items);
    if (currentId.value !== projectId || at !== wishes) return;
    if (!isOwn) openLens({ key, filter: wanted, verbosity: 3 });
    tellLens({ type: "lens/loaded", key, activities: items, hasEarlier: until.next !== null, hasLater: after.next !== null, first: lens?.first ?? 1 });
    aim(null);
  } catch (error) {
    if (currentId.value !== projectId || at !== wishes) return;
    if (isOwn) closeLens();
    aim(`Step ${seq} could not be looked up: ${words(error)}`);
  }
}

/** Why a step is not there. @param {number} seq @param {number} head the last of the log @param {number | undefined} next the first that is there after it */
function absence(seq, head, next) {
  if (seq > head) return head === 0 ? `Step ${seq} has not happened: nothing has been done in this project yet.` : `Step ${seq} has not happened yet: the newest one is step ${head}.`;
  return seq < 1 || next === undefined ? `There is no step ${seq} in this project.` : `Step ${seq} is no longer stored: what is left begins with step ${next}.`;
}

export const dismissTarget = () => leaveAddress();

/**
 * Of a command whose beginning or end is not among these steps it would be wrong to say how it stands; its record knows.
 * @param {string} projectId @param {import("./state.js").Activity[]} activities
 */
async function loadExecutions(projectId, activities) {
  const { executions } = view.value;
  const unknown = executionIds(activities).filter((id) => !isEnded(executions[id]?.status));
  const answers = await Promise.allSettled(unknown.map((id) => api.execution(id)));
  const records = answers.flatMap((answer) => answer.status === "fulfilled" ? [answer.value] : []);
  if (records.length > 0) dispatch({ projectId, type: "executions/loaded", records });
}

/** Looks for words in the whole log, or in what the filter lets through. @param {string} q @param {number} from where the reader is */
export async function search(q, from) {
  const projectId = currentId.value;
  if (!projectId) return;
  if (!q.trim()) return endSearch();
  const key = newId();
  const tell = (/** @type {any} */ news) => dispatch({ projectId, type: "search", news: { key, ...news } });
  const wanted = filter.value;
  tell({ type: "search/begun", q, filter: wanted });
  const query = { ...queryOf(wanted, Date.now(), 3), q, limit: HITS_PAGE };
  const isCurrent = () => currentId.value === projectId && view.value.search?.key === key;
  try {
    let before = null;
    for (let n = 0; n < HITS_MAX / HITS_PAGE; n++) {
      const { items, next } = /** @type {any} */ (await api.activity(projectId, before === null ? query : { ...query, before }));
      if (!isCurrent()) return;
      tell({ type: "search/found", hits: items.map((/** @type {any} */ one) => one.seq), from, isMore: next !== null });
      if (n === 0) showHit();
      if (next === null) break;
      before = next;
    }
  } catch (error) {
    tell({ type: "search/failed", problem: `The search did not work: ${words(error)}` });
  }
}

/** The next hit, or the one before. @param {1 | -1} step */
export function moveHit(step) {
  const { search: current } = view.value;
  if (!current || current.hits.length === 0) return;
  say("search", { news: { type: "search/moved", key: current.key, at: moved(current, step) } });
  showHit();
}

function showHit() {
  const current = view.value.search;
  const seq = current?.hits[current.at];
  if (seq !== undefined) void showStep(seq, { isOwn: false });
}

/** What was found stays on the screen; only the marks go. */
export function endSearch() {
  const { search: current, target } = view.value;
  if (current) say("search", { news: { type: "search/ended", key: current.key } });
  if (current && target && !target.isOwn) say("target", { target: null });
}
