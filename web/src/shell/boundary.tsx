import { Component, type ComponentChildren } from "preact";
import { Notice } from "../parts/notice";
import { texts } from "../texts";

interface Props {
  children: ComponentChildren;
}

/** A page that fails says so in its place; the rest goes on, and the page can be tried again. */
export class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  override componentDidCatch(error: unknown): void {
    this.setState({ failed: true });
    // For whoever has the browser's console open, and for what watches over pages.
    reportError(error);
  }

  override render({ children }: Props) {
    if (!this.state.failed) return children;
    const message = { title: texts.failed.title, detail: texts.failed.detail, code: "page_failed" };
    return <Notice message={message} onRetry={() => this.setState({ failed: false })} />;
  }
}
