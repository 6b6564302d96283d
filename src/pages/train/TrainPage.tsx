import { Page } from '../../components/Page.tsx';

export function TrainPage() {
  return (
    <Page title="Train" sentence="">
      <div />
    </Page>
  );
}
