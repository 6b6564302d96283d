import { Page } from '../../components/Page.tsx';

export function BenchmarkPage() {
  return (
    <Page title="Benchmark" sentence="">
      <div />
    </Page>
  );
}
