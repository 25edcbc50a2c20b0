// The left pane: every project, what it is doing, and the way to add one. Those that wait for somebody stand on top.

import { html, useState } from "../lib.js";
import { byNeed, matching } from "../project-groups.js";
import { dialog, projects, state } from "../store.js";
import { goTo, loadProjects } from "../actions.js";
import { Icon } from "./icon.js";
import { PaneHint } from "./pane-hint.js";
import { ProjectItem } from "./project-item.js";
import { ProjectSearch } from "./project-search.js";

/** So many are seen at a glance; a search among them would only be in the way. */
const FEW = 4;

export function ProjectList() {
  const { projectsLoaded, projectsProblem, setup } = state.value;
  const [search, setSearch] = useState("");
  const all = projects.value;
  const found = matching(all, search);
  const openFirst = () => {
    if (!search.trim() || found.length === 0) return;
    goTo(found[0].id);
    setSearch("");
  };
  return html`
    <div class="pane-head">
      <h2>Projects</h2>
      <button type="button" class="button small" onClick=${() => { dialog.value = "create"; }}><${Icon} name="plus" />New project</button>
    </div>
    <${PaneHint} pane="projects" />
    ${(all.length > FEW || search) && html`<${ProjectSearch} value=${search} onInput=${setSearch} onEnter=${openFirst} />`}
    <div class="pane-body project-list">
      ${projectsProblem && html`
        <div class="strip" data-tone="warn"><p>${all.length > 0 ? "This list may be out of date." : projectsProblem}</p>
          <button type="button" class="link" onClick=${loadProjects}>Try again</button></div>`}
      ${projectsLoaded && all.length === 0 && html`<p class="no-projects">No project yet. Add one with “New project”; it is then listed here, with what is being done for it.</p>`}
      ${all.length > 0 && found.length === 0 && html`<p class="no-projects">No project has “${search.trim()}” in its name.
        <button type="button" class="link" onClick=${() => setSearch("")}>Show all ${all.length}</button></p>`}
      <${Groups} projects=${found} />
    </div>
    ${setup && html`
      <footer class="backend">
        ${setup.backend.name === "offline" && html`<h3>No coding agent yet</h3>`}
        <p>${setup.backend.reason}</p>
        <p>Version ${setup.version}</p>
      </footer>`}`;
}

/** @param {{ projects: import("../state.js").Project[] }} props */
function Groups({ projects: found }) {
  const { needing, others } = byNeed(found);
  const list = (/** @type {import("../state.js").Project[]} */ some, /** @type {string | undefined} */ label) => some.length > 0
    && html`<ul aria-label=${label}>${some.map((p) => html`<${ProjectItem} key=${p.id} project=${p} />`)}</ul>`;
  if (needing.length === 0) return list(others, undefined);
  return html`
    <h3 class="group-title" data-tone="needs">Needs you</h3>
    ${list(needing, "Needs you")}
    ${others.length > 0 && html`<h3 class="group-title">Others</h3>`}
    ${list(others, "Others")}`;
}
