// The three panes as tabs, for a phone and a thumb. The style sheet shows it on narrow windows only.

import { html } from "../lib.js";
import { count } from "../format.js";
import { unread } from "../seen.js";
import { active, gates, tab } from "../store.js";
import { Icon } from "./icon.js";

/** @type {{ id: "projects" | "chat" | "activity", label: string, icon: string, news: string }[]} */
const TABS = [
  { id: "projects", label: "Projects", icon: "folder", news: "project with news" },
  { id: "chat", label: "Chat", icon: "bubble", news: "new message" },
  { id: "activity", label: "Activity", icon: "pulse", news: "new step" },
];

/** More is not counted out: the badge is small, and the number says nothing any more. */
const SHOWN_MAX = 99;

export function TabBar() {
  /** @param {KeyboardEvent} event */
  const key = (event) => {
    const move = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (move === 0) return;
    const at = TABS.findIndex((t) => t.id === tab.value);
    tab.value = TABS[(at + move + TABS.length) % TABS.length].id;
    /** @type {HTMLElement | null} */ (document.querySelector(`#tab-${tab.value}`))?.focus();
  };
  return html`
    <div class="tabbar" role="tablist" aria-label="Panes" onKeyDown=${key}>
      ${TABS.map(({ id, label, icon, news }) => html`
        <button type="button" role="tab" id=${`tab-${id}`} aria-selected=${tab.value === id} aria-controls=${`pane-${id}`}
          tabindex=${tab.value === id ? 0 : -1} onClick=${() => { tab.value = id; }}>
          <${Icon} name=${icon} /><span>${label}</span>
          ${id === "activity" && active.value && html`<span class="tab-dot" title="Something is running"></span>`}
          ${id === "chat" && tab.value !== id && gates.value.length > 0 && html`<span class="tab-dot" data-tone="waiting" title="Waiting for you"></span>`}
          <${Badge} n=${tab.value === id ? 0 : unread.value[id]} what=${news} many=${id === "projects" ? "projects with news" : undefined} />
        </button>`)}
    </div>`;
}

/** @param {{ n: number, what: string, many?: string }} props */
function Badge({ n, what, many }) {
  if (n === 0) return null;
  return html`<span class="tab-badge" title=${count(n, what, many)}><span aria-hidden="true">${n > SHOWN_MAX ? `${SHOWN_MAX}+` : n}</span><span class="sr-only">${count(n, what, many)}</span></span>`;
}
