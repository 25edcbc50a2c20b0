// How far this browser's person has looked: per project up to which step, and which message. What is newer is told as
// unread, in the tabs of a phone and in the list of projects.

import { computed, effect, signal } from "./lib.js";
import { recall, remember } from "./storage.js";
import { currentId, projects, tab, timeline, verbosity, view } from "./store.js";
import { countAfter } from "./timeline.js";
import { furthest, hasNews, newMessages } from "./unread.js";

/** How long marks may wait before they are written down: thousands of steps come in a minute. */
const WRITE_MS = 1_000;

const marks = signal(/** @type {import("./unread.js").Marks} */ (recall("seen", {})));
const isVisible = signal(!document.hidden);
const narrow = matchMedia("(max-width: 767.98px)");
const isNarrow = signal(narrow.matches);

/** @type {any} */
let timer = null;

function write() {
  clearTimeout(timer);
  timer = null;
  // Other tabs look at things, too.
  remember("seen", furthest(recall("seen", {}), marks.value));
}

export function startSeeing() {
  narrow.addEventListener("change", () => { isNarrow.value = narrow.matches; });
  document.addEventListener("visibilitychange", () => {
    isVisible.value = !document.hidden;
    if (document.hidden && timer !== null) write();
  });
  addEventListener("storage", (event) => {
    if (event.key === "pm.seen") marks.value = furthest(marks.value, recall("seen", {}));
  });
  effect(() => {
    const id = currentId.value;
    const { started, messagesLoaded, cursor, head, messages } = view.value;
    if (!id || !started || !messagesLoaded || !isVisible.value) return;
    const known = marks.peek()[id];
    const looksAt = (/** @type {string} */ pane) => !isNarrow.value || tab.value === pane;
    // Where nothing was looked at before, counting begins now.
    const mark = {
      head: cursor,
      activity: looksAt("activity") ? cursor : known?.activity ?? Math.max(cursor, head),
      chat: !known || looksAt("chat") ? messages.at(-1)?.timestamp ?? "" : known.chat,
    };
    marks.value = furthest(marks.peek(), { [id]: mark });
    timer ??= setTimeout(write, WRITE_MS);
  });
}

/** @param {string} projectId */
export function forgetSeen(projectId) {
  const { [projectId]: _gone, ...others } = marks.value;
  marks.value = others;
  remember("seen", others);
}

/** Whether something has happened in a project since it was last open here. @param {import("./state.js").Project} project */
export function isNews(project) {
  return project.id !== currentId.value && hasNews(project, marks.value[project.id]);
}

/** What each tab of a phone has that was not looked at yet. */
export const unread = computed(() => {
  const mark = marks.value[currentId.value ?? ""];
  return {
    projects: projects.value.filter((p) => p.id !== currentId.value && (Boolean(p.needs_attention) || hasNews(p, marks.value[p.id]))).length,
    chat: mark ? newMessages(view.value.messages, mark.chat) : 0,
    activity: mark ? countAfter(timeline.value, verbosity.value, mark.activity) : 0,
  };
});
