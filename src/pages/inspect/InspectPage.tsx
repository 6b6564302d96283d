import { Page } from '../../components/Page.tsx';

export function InspectPage() {
  return (
    <Page title="Inspect" sentence="">
      <div />
    </Page>
  );
}
