// Before the first paint, so that the page does not flash in the other theme: the reader's choice, else the system's.
{
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  const followSystem = () => {
    document.documentElement.dataset.theme = systemDark.matches ? "dark" : "light";
  };
  let chosen = null;
  try {
    chosen = localStorage.getItem("rraebench-theme");
  } catch (error) {
    // Pages opened from a file may have no storage: the system's theme stays.
  }
  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  } else {
    followSystem();
    systemDark.addEventListener("change", followSystem);
  }
}
