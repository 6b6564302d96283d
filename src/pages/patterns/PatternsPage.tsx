import { Page } from '../../components/Page.tsx';

export function PatternsPage() {
  return (
    <Page title="Patterns" sentence="">
      <div />
    </Page>
  );
}
