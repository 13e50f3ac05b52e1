// Before the first paint, so that the page does not flash in the other theme.
try {
  const theme = localStorage.getItem("rraebench-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch (error) {
  // Pages opened from a file may have no storage: the system's theme stays.
}
