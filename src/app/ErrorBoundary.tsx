// What is shown when a page breaks: no code, nothing private, and a way on. Training is not touched by it.

import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';

interface ErrorBoundaryProps {
  /** Called before the page is shown again. */
  readonly onAgain: () => void;
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    return (
      <section>
        <h1>This page broke</h1>
        <p>A run that is training goes on, and what was saved is safe. Nothing was reported to anyone.</p>
        <Button
          mt={12}
          onClick={() => {
            this.props.onAgain();
            this.setState({ broken: false });
          }}
        >
          Show the page again
        </Button>
      </section>
    );
  }
}
