// The issues of the open project's repository, below its name in the list. A click on one writes into the message box what is
// to be done; nothing is sent by it.

import { html, useEffect, useId } from "../lib.js";
import { askToFix, isListOpen, loadIssues, lookAt, looksAt, openList } from "../issue-actions.js";
import { aboutIssue, issuesOf, pageOf, webAddress } from "../issues.js";
import { view } from "../store.js";
import { Icon } from "./icon.js";
import { Age } from "./time.js";

/** Labels that are shown of an issue; a pointer that rests on it tells all. */
const LABELS_SHOWN = 2;
/** Lines that are kept free for a list that is on its way, so that what stands below does not jump as it comes. */
const ROOM_MAX = 6;

/** @param {{ project: import("../state.js").Project }} props */
export function IssueList({ project }) {
  const id = useId();
  const isOpen = isListOpen.value;
  const { counts } = issuesOf(view.value.issues, project.github_repo_url);
  useEffect(() => { void loadIssues(); }, []);
  const open = counts?.open ?? project.open_issues_count ?? 0;
  return html`
    <section class="issues" aria-label="Issues">
      <button type="button" class="document issues-head" aria-expanded=${isOpen} aria-controls=${isOpen ? id : undefined} onClick=${() => openList(!isOpen)}>
        <${Icon} name="chevron" /><span>Issues</span>${open > 0 && html`<span class="change-count">${open.toLocaleString("en")} open</span>`}
      </button>
      ${isOpen && html`<div id=${id} class="issues-body"><${Switch} counts=${counts} /><${Found} project=${project} /></div>`}
    </section>`;
}

/** @param {{ counts: import("../issues.js").Issues["counts"] }} props */
function Switch({ counts }) {
  const words = { open: "Open", closed: "Closed" };
  return html`
    <div class="segments" role="group" aria-label="Which issues">
      ${/** @type {const} */ (["open", "closed"]).map((which) => html`
        <button type="button" key=${which} aria-pressed=${looksAt.value === which} onClick=${() => lookAt(which)}>${words[which]}${counts && html` <span class="issues-count">${counts[which].toLocaleString("en")}</span>`}</button>`)}
    </div>`;
}

/** @param {{ project: import("../state.js").Project }} props */
function Found({ project }) {
  const which = looksAt.value;
  const issues = issuesOf(view.value.issues, project.github_repo_url);
  const { list, problem } = issues[which];
  const all = issues.counts?.[which] ?? 0;
  const again = html`<button type="button" class="link" onClick=${() => void loadIssues()}>Try again</button>`;
  if (list === null && problem) return html`<p class="issues-note" role="alert">${problem} ${again}</p>`;
  if (list === null) return html`<${Coming} room=${all || (project.open_issues_count ?? 0)} />`;
  const page = pageOf(project.github_repo_url, which);
  return html`
    ${problem && html`<p class="issues-note" role="alert">This list may be out of date. ${problem} ${again}</p>`}
    ${list.length === 0 ? html`<${None} which=${which} project=${project} />` : html`
      <ul class="documents issues-list" aria-label=${which === "open" ? "Open issues" : "Closed issues"}>${list.map((one) => html`<${IssueRow} key=${one.number} issue=${one} />`)}</ul>`}
    ${page && list.length > 0 && all > list.length && html`
      <p class="issues-note">These are the ${list.length} newest. <a href=${page} target="_blank" rel="noopener noreferrer">All ${all.toLocaleString("en")} on GitHub</a></p>`}`;
}

/** Room for what is on its way. @param {{ room: number }} props */
function Coming({ room }) {
  return html`
    <p class="sr-only" role="status">Loading the issues…</p>
    <ul class="documents" aria-hidden="true">${Array.from({ length: Math.min(Math.max(room, 1), ROOM_MAX) }, (_, i) => html`<li key=${i} class="issue-coming"></li>`)}</ul>`;
}

/** @param {{ which: import("../issues.js").Which, project: import("../state.js").Project }} props */
function None({ which, project }) {
  if (which === "closed") return html`<p class="issues-note">No closed issues.</p>`;
  const page = pageOf(project.github_repo_url, "new");
  return html`<p class="issues-note">No open issues. ${page && html`<a href=${page} target="_blank" rel="noopener noreferrer">Write one on GitHub</a>, or say in the chat what is to be done.`}</p>`;
}

/** @param {{ issue: import("../issues.js").Issue }} props */
function IssueRow({ issue }) {
  const { number, title, labels, created_at } = issue;
  const address = webAddress(issue.url);
  const more = labels.length - LABELS_SHOWN;
  return html`
    <li class="issue">
      <button type="button" class="document" title=${aboutIssue(issue)} onClick=${() => askToFix(issue)}>
        <span class="issue-text">
          <span class="issue-title"><span class="issue-number">#${number}</span> ${title}</span>
          <span class="issue-more"><${Age} iso=${created_at} />${labels.slice(0, LABELS_SHOWN).map((label, i) => html` <span key=${i} class="issue-label">${label}</span>`)}${more > 0 && html` <span class="issue-rest">and ${more} more</span>`}</span>
        </span>
      </button>
      ${address && html`<a class="icon-button issue-link" href=${address} target="_blank" rel="noopener noreferrer" aria-label=${`Issue ${number} on GitHub, in a new tab`} title="Read it on GitHub"><${Icon} name="open" /></a>`}
    </li>`;
}
