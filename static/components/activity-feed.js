// The right pane: what is happening, step by step, grouped by the command it belongs to.

import { html } from "../lib.js";
import { isEmpty as isWhole, NO_FILTER } from "../filter.js";
import { setFilter } from "../lookup.js";
import { currentId, filter, timeline, view } from "../store.js";
import { ActivityToolbar } from "./activity-toolbar.js";
import { Elsewhere } from "./elsewhere.js";
import { FeedNotices } from "./feed-notices.js";
import { Icon } from "./icon.js";
import { PaneHint } from "./pane-hint.js";
import { StepList } from "./step-list.js";
import { Verbosity } from "./verbosity.js";
import { WhyEmpty } from "./why-empty.js";

export function ActivityFeed() {
  const hasProject = currentId.value !== null && !view.value.missing;
  const isEmpty = timeline.value.entries.length === 0;
  const { lens } = view.value;
  return html`
    <div class="pane-head">
      <h2>Activity</h2>
      ${hasProject && html`<${Verbosity} />`}
    </div>
    <${PaneHint} pane="activity" />
    ${hasProject && view.value.activities.length > 0 && html`<${ActivityToolbar} key=${`t${currentId.value}`} />`}
    ${hasProject && html`<${Elsewhere} /><${FeedNotices} />`}
    ${!hasProject || isEmpty ? html`<div class="pane-body">${hasProject && lens ? html`<${NothingFound} lens=${lens} />` : html`<${NothingYet} />`}</div>`
      : html`<${StepList} key=${`${currentId.value} ${lens?.key ?? ""}`} />`}`;
}

/** A filter let nothing through, or is being asked for. @param {{ lens: import("../lens.js").Lens }} props */
function NothingFound({ lens }) {
  if (!lens.isLoaded || isWhole(filter.value)) return html`<div class="empty"><p class="quiet-line late">Looking through the log…</p></div>`;
  return html`
    <div class="empty">
      <span class="empty-icon"><${Icon} name="filter" /></span>
      <h3>Nothing like that</h3>
      <p>No step of this project passes the filter. One that does appears here the moment it happens.</p>
      <button type="button" class="button" onClick=${() => void setFilter(NO_FILTER)}>Clear the filter</button>
    </div>`;
}

function NothingYet() {
  const hasProject = currentId.value !== null && !view.value.missing;
  if (hasProject && !view.value.started) {
    return html`<div class="empty"><p class="quiet-line">${view.value.feed?.phase === "waiting" ? "The steps appear as soon as the server is back." : "Opening the live view…"}</p><${WhyEmpty} /></div>`;
  }
  return html`
    <div class="empty">
      <span class="empty-icon"><${Icon} name="pulse" /></span>
      <h3>${hasProject ? "Nothing has happened yet" : "Steps appear here"}</h3>
      <p>${hasProject ? "Ask for something in the chat, “Analyze the codebase” for a start. Each step appears here the moment it happens."
        : "While work is done for a project, you see here what it is, one line for each step."}</p>
      ${hasProject && html`<${WhyEmpty} />`}
    </div>`;
}
