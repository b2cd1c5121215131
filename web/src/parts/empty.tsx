/** What stands where there is nothing to show. */
export function Empty({ title, lead }: { title: string; lead: string }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      <p class="muted">{lead}</p>
    </div>
  );
}
