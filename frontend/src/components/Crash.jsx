import { Component } from 'react';
import { t } from 'lib/i18n.js';
import { Button } from './Button.jsx';
import { EmptyState } from './Notice.jsx';

/** Catch what goes wrong while drawing a page, and offer to start it again. */
export class Crash extends Component {
  state = { hasCrashed: false };

  static getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <EmptyState
        title={t('crash.title')}
        action={<Button onClick={() => window.location.reload()}>{t('crash.reload')}</Button>}
      >
        {t('crash.text')}
      </EmptyState>
    );
  }
}
