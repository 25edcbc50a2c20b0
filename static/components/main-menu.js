// What concerns the whole page and no project: how it looks, and what its parts are.

import { html } from "../lib.js";
import { signOut } from "../actions.js";
import { setTheme, theme } from "../appearance.js";
import { showHints } from "../hints.js";
import { session } from "../session.js";
import { dialog } from "../store.js";
import { Menu } from "./menu.js";

/** @type {{ value: import("../appearance.js").Theme, label: string, icon: string }[]} */
const THEMES = [
  { value: "system", label: "As the system", icon: "screen" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
];

export function MainMenu() {
  const items = () => [
    { heading: "Appearance" },
    ...THEMES.map(({ value, label, icon }) => ({ label, icon, checked: theme.value === value, onSelect: () => setTheme(value) })),
    { heading: "Help" },
    { label: "Explain the three panes", icon: "info", onSelect: showHints },
    { label: "Keyboard shortcuts", icon: "keyboard", onSelect: () => { dialog.value = "help"; } },
    ...(session.value?.asked ? [{ heading: `Signed in as ${session.value.name}` }, { label: "Sign out", icon: "out", onSelect: () => void signOut() }] : []),
  ];
  return html`<${Menu} label="Menu" icon="menu" class="icon-button main-menu" items=${items} />`;
}
