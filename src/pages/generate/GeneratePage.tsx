import { Page } from '../../components/Page.tsx';

export function GeneratePage() {
  return (
    <Page title="Generate" sentence="">
      <div />
    </Page>
  );
}
