// What can be done with one project of the list.

import { html } from "../lib.js";
import { dialog, dialogAbout } from "../store.js";
import { Menu } from "./menu.js";

/** @param {{ project: import("../state.js").Project }} props */
export function ProjectMenu({ project }) {
  const open = (/** @type {"settings" | "delete"} */ which, /** @type {string | undefined} */ field = undefined) => () => {
    dialogAbout.value = { projectId: project.id, field };
    dialog.value = which;
  };
  const items = () => [
    { label: "Rename…", icon: "pencil", onSelect: open("settings", "name") },
    { label: "Describe…", icon: "text", onSelect: open("settings", "description") },
    { label: "Settings…", icon: "gear", onSelect: open("settings", "workspace_path") },
    { label: "Delete…", icon: "trash", tone: /** @type {const} */ ("bad"), onSelect: open("delete") },
  ];
  return html`<${Menu} label=${`More about ${project.name}`} icon="more" class="icon-button project-more" items=${items} />`;
}
