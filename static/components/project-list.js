// The left pane: every project, what it is doing, and the way to add one.

import { html } from "../lib.js";
import { dialog, projects, state } from "../store.js";
import { loadProjects } from "../actions.js";
import { Icon } from "./icon.js";
import { ProjectItem } from "./project-item.js";

export function ProjectList() {
  const { projectsLoaded, projectsProblem, setup } = state.value;
  const all = projects.value;
  return html`
    <div class="pane-head">
      <h2>Projects</h2>
      <button type="button" class="button small" onClick=${() => { dialog.value = "create"; }}><${Icon} name="plus" />New project</button>
    </div>
    <div class="pane-body project-list">
      ${projectsProblem && html`
        <div class="strip" data-tone="warn"><p>${all.length > 0 ? "This list may be out of date." : projectsProblem}</p>
          <button type="button" class="link" onClick=${loadProjects}>Try again</button></div>`}
      ${projectsLoaded && all.length === 0 && html`<p class="no-projects">No project yet. Each one you add is listed here, with what it is doing.</p>`}
      ${all.length > 0 && html`<ul>${all.map((p) => html`<${ProjectItem} key=${p.id} project=${p} />`)}</ul>`}
    </div>
    ${setup && html`
      <footer class="backend">
        ${setup.backend.name === "offline" && html`<h3>No coding agent yet</h3>`}
        <p>${setup.backend.reason}</p>
        <p>Version ${setup.version}</p>
      </footer>`}`;
}
