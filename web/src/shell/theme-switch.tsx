import { AutoIcon, MoonIcon, SunIcon } from "../parts/icons";
import { useApp } from "../state/app";
import { texts } from "../texts";

const ICONS = { system: AutoIcon, light: SunIcon, dark: MoonIcon };

/** One button that goes round: as the system, light, dark. */
export function ThemeSwitch() {
  const { theme } = useApp();
  const Icon = ICONS[theme.theme.value];
  const label = texts.theme.next(texts.theme.names[theme.theme.value]);
  return (
    <button
      type="button"
      class="button icon-only"
      aria-label={label}
      title={label}
      onClick={theme.next}
    >
      <Icon />
    </button>
  );
}
