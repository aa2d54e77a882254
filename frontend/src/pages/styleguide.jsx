import { useState } from 'react';
import { Button, ButtonLink } from 'components/Button.jsx';
import { Card } from 'components/Card.jsx';
import { Choice } from 'components/Choice.jsx';
import { Input, PasswordInput, TextArea } from 'components/Input.jsx';
import { Modal } from 'components/Modal.jsx';
import { EmptyState, LoadError, Notice } from 'components/Notice.jsx';
import { Pager } from 'components/Pager.jsx';
import { Poster } from 'components/Poster.jsx';
import { SearchField } from 'components/SearchField.jsx';
import { Select } from 'components/Select.jsx';
import { Spinner } from 'components/Spinner.jsx';
import { say } from 'components/Toast.jsx';
import { Sending } from 'features/songs/components/Sending.jsx';
import { ProgressBar } from 'components/ProgressBar.jsx';
import { Steps } from 'features/choreography/components/Progress.jsx';
import { STEPS } from 'features/choreography/words.js';
import { ApiError } from 'lib/api.js';

// For developers only, so in English only.
const VARIANTS = ['primary', 'secondary', 'quiet', 'danger'];
const GROUNDS = [
  'bg-ground',
  'bg-surface',
  'bg-raised',
  'bg-line',
  'bg-ember',
  'bg-brass',
  'bg-stage',
];
const OPTIONS = [
  ['a', 'Romantic'],
  ['b', 'Playful'],
  ['c', 'Modern'],
];

function Part({ title, children }) {
  return (
    <section className="flex flex-col gap-4">
      <h2 className="text-2xl">{title}</h2>
      {children}
    </section>
  );
}

const Row = ({ children }) => <div className="flex flex-wrap items-center gap-3">{children}</div>;

function Buttons() {
  return (
    <Part title="Buttons">
      {VARIANTS.map((variant) => (
        <Row key={variant}>
          <Button variant={variant}>{variant}</Button>
          <Button variant={variant} disabled>
            disabled
          </Button>
          <Button variant={variant} busy>
            busy
          </Button>
          <ButtonLink variant={variant} to="/styleguide">
            link
          </ButtonLink>
        </Row>
      ))}
      <Row>
        <Button size="large">Large</Button>
      </Row>
    </Part>
  );
}

function Fields() {
  const [value, setValue] = useState('a');
  const [search, setSearch] = useState('');
  return (
    <Part title="Fields">
      <Input label="Name" hint="A hint" defaultValue="Lola" />
      <Input label="With an error" error="That does not look right." defaultValue="?" />
      <Input label="Disabled" disabled defaultValue="Cannot be changed" />
      <PasswordInput label="Password" defaultValue="secret" />
      <TextArea label="Notes" defaultValue="مرحبا 💃 notes in any script" />
      <Select label="Choice from a list" options={OPTIONS} />
      <SearchField label="Search" value={search} onChange={setSearch} />
      <Choice legend="Choice of a few" value={value} onChange={setValue} options={OPTIONS} />
    </Part>
  );
}

function States() {
  const [isOpen, setOpen] = useState(false);
  const [page, setPage] = useState(2);
  return (
    <Part title="States">
      <Notice>An error of a whole form.</Notice>
      <Notice kind="word">Something to know.</Notice>
      <Spinner />
      <ProgressBar percent={64} label="Progress" />
      <Sending bytes={12_300_000} share={0.42} onCancel={() => {}} />
      <Sending bytes={12_300_000} share={1} onCancel={() => {}} />
      {STEPS.slice(0, 3).map((stage) => (
        <Card key={stage} className="p-6">
          <Steps task={{ status: 'running', phase: 'running', stage }} />
        </Card>
      ))}
      <LoadError error={new ApiError({ status: 503, code: 'down' })} onRetry={() => {}} />
      <EmptyState title="Empty" action={<Button>One action</Button>}>
        What would be here.
      </EmptyState>
      <Pager page={page} pageSize={10} count={45} onPage={setPage} />
      <Row>
        <Button onClick={() => say('It is done.')}>Toast</Button>
        <Button onClick={() => say('It is not.', { kind: 'error' })}>Error toast</Button>
        <Button onClick={() => setOpen(true)}>Dialog</Button>
      </Row>
      <Modal title="A dialog" isOpen={isOpen} onClose={() => setOpen(false)}>
        <p>Escape closes it.</p>
      </Modal>
      <Poster className="w-64 rounded-lg" />
    </Part>
  );
}

/** Every component in every state. */
export function Page() {
  return (
    <div className="mx-auto flex w-full max-w-reading flex-col gap-12 px-4 py-10">
      <h1 className="text-3xl">Style guide</h1>
      <Part title="Type">
        <p className="font-display text-4xl">Fraunces 4xl</p>
        <p className="font-display text-2xl">Fraunces 2xl</p>
        <p className="text-lg">Figtree large</p>
        <p>Figtree, the text of everything.</p>
        <p className="text-sm text-muted">Figtree small, muted</p>
      </Part>
      <Part title="Colours">
        <Row>
          {GROUNDS.map((name) => (
            <div key={name} className={`size-16 rounded shadow-rest ${name}`} />
          ))}
        </Row>
      </Part>
      <Buttons />
      <Fields />
      <States />
    </div>
  );
}
