import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const RefreshIcon = () => (
  <Icon>
    <path d="M16 10a6 6 0 1 1-1.8-4.3M16 3v3.5h-3.5" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m5 5 10 10M15 5 5 15" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <path d="M7.5 7.5h8v8h-8zM12.5 4.5h-8v8" />
  </Icon>
);

export const DownloadIcon = () => (
  <Icon>
    <path d="M10 3.5v9m-3.5-3.5 3.5 3.5 3.5-3.5M4 16.5h12" />
  </Icon>
);

export const Mark = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" class="mark-ground" />
    <path d="M6.5 20.5 12 14l4.5 4.5L25.5 9" class="mark-line" />
    <circle cx="25.5" cy="23" r="2.2" class="mark-dot" />
  </svg>
);

export const ChartIcon = () => (
  <Icon>
    <path d="M3 3.5v13h14M6.5 13l3-4 2.5 2.5L16.5 6" />
  </Icon>
);

export const ListIcon = () => (
  <Icon>
    <path d="M7.5 5h9M7.5 10h9M7.5 15h9M3.5 5h.01M3.5 10h.01M3.5 15h.01" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M10 4v12M4 10h12" />
  </Icon>
);

export const LogIcon = () => (
  <Icon>
    <path d="m4 6 3.5 3.5L4 13M9.5 14.5h7" />
  </Icon>
);

export const ReportIcon = () => (
  <Icon>
    <path d="M5 3h7l3.5 3.5V17H5zM8 10.5h5M8 13.5h5" />
  </Icon>
);

export const OperatorIcon = () => (
  <Icon>
    <path d="M10 3 4.5 5v4.5c0 3.5 2.3 6 5.5 7.5 3.2-1.5 5.5-4 5.5-7.5V5zM7.5 10l2 2 3.5-4" />
  </Icon>
);

export const SunIcon = () => (
  <Icon>
    <path d="M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1" />
  </Icon>
);

export const MoonIcon = () => (
  <Icon>
    <path d="M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8" />
  </Icon>
);

export const AutoIcon = () => (
  <Icon>
    <path d="M3 4h14v9.5H3zM7 16.5h6" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <path d="M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M13 13l4 4" />
  </Icon>
);

export const UploadIcon = () => (
  <Icon>
    <path d="M10 13V4m-3.5 3.5L10 4l3.5 3.5M4 16.5h12" />
  </Icon>
);
