import { useKeptPlace } from './kept-place.ts';
import { Affix, Anchor, AppShell, Button, Group, NavLink, ScrollArea, Text, Box } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type PointerEvent, type ReactNode, useState } from 'react';
import { IconChartDots3, IconStack2 } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import type { Status } from '../../main/contract/wire/status.ts';
import { stateWord } from '../../main/domain/networks/status.ts';
import { useApi, useLinkState } from '../client/context.tsx';
import { studyAddress, studyFromAddress, studySteps } from '../navigation/addresses.ts';
import { StateIcon } from '../ui/words/badges.tsx';
import { listAt } from '../ui/places/places.ts';
import { useFreshStatus } from '../ui/parts/step-state.tsx';
import { HeaderTools } from './header-tools.tsx';

/** The frame around every screen: header, navigation, running jobs. */
export function Frame({ children }: { children: ReactNode }) {
  useKeptPlace();
  const [address] = useLocation();
  const study = studyFromAddress(address);
  return (
    <AppShell header={{ height: 48 }} navbar={{ width: { base: 128, sm: 184 }, breakpoint: 0 }} padding={0}>
      <AppShell.Header className="frame-header" bg="var(--mantine-color-body)">
        <button type="button" className="frame-skip" onClick={focusContent}>
          Skip to content
        </button>
        <Group h="100%" px="md" gap="md" wrap="nowrap" className="frame-bar">
          <Anchor component={Link} href="/studies" className="frame-brand" underline="never">
            <IconChartDots3 size={20} aria-hidden />
            <span className="frame-name">Boundary Workbench</span>
          </Anchor>
          {study !== null && (
            <Text maw={320} c="var(--mantine-color-dimmed)" truncate title={study}>
              {study}
            </Text>
          )}
          <HeaderTools />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="8px 0" aria-label="Main">
        <AppShell.Section grow component={ScrollArea}>
          <Item
            to="/studies"
            active={address === '/studies' || address === '/'}
            name="Studies"
            icon={<IconStack2 size={16} aria-hidden />}
          />
          {study !== null && <StudyLinks study={study} address={address} />}
        </AppShell.Section>
        <AppShell.Section>
          {listAt('screens').map(
            ({ path, title, icon: Icon }) =>
              Icon && (
                <Item
                  key={path}
                  to={path}
                  active={address === path}
                  name={title}
                  icon={<Icon size={16} aria-hidden />}
                />
              ),
          )}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1} className="frame-main" onPointerOver={titleCutChoice}>
        <LostConnection />
        <ProgramNotices />
        {children}
      </AppShell.Main>
    </AppShell>
  );
}

function StudyLinks({ study, address }: { study: string; address: string }) {
  const status = useFreshStatus(study);
  return studySteps.map(({ name, path, step }) => {
    const state = step === null ? status?.state : status?.steps.find((each) => each.step === step)?.state;
    const to = studyAddress(study, path);
    // The router's address is decoded: a name may have spaces.
    const target = decodeURIComponent(to);
    const active = path === '' ? address === target : address.startsWith(target);
    return <Item key={path} to={to} active={active} name={name} state={state} inside />;
  });
}

interface ItemProps {
  to: string;
  active: boolean;
  name: string;
  icon?: ReactNode;
  state?: Status | undefined;
  inside?: boolean;
}

function Item(item: ItemProps) {
  return (
    <NavLink
      component={Link}
      href={item.to}
      label={item.name}
      active={item.active}
      aria-current={item.active ? 'page' : undefined}
      leftSection={item.icon}
      rightSection={
        item.state && (
          <Group
            title={stateWord(item.state)}
            component="span"
            className="frame-state"
            display="inline-flex"
            gap={0}
            align="stretch"
            wrap="nowrap"
          >
            <StateIcon state={item.state} />
          </Group>
        )
      }
      data-inside={item.inside || undefined}
      className="frame-item"
    />
  );
}

/** A field that cuts its chosen value has it as its tooltip. */
function titleCutChoice({ target }: PointerEvent): void {
  if (!(target instanceof HTMLInputElement) || !target.matches('.mantine-Select-input')) return;
  target.title = target.scrollWidth > target.clientWidth ? target.value : '';
}

/** No link: the address behind `#` is the route. */
function focusContent(): void {
  document.getElementById('content')?.focus();
}

function LostConnection() {
  if (useLinkState() !== 'lost') return null;
  return (
    // Above drawers, which would cover it.
    <Affix position={{ top: 48, left: 0, right: 0 }} zIndex={400}>
      <Box
        role="alert"
        p="8px 16px"
        bg="var(--raised)"
        style={{ border: 'solid var(--warning)', borderWidth: '1px 0' }}
      >
        The program is not responding. Stored data are safe. Reconnecting … If you restarted it, press Enter in its
        terminal and open the address that it prints.
      </Box>
    </Affix>
  );
}

/** What happened in the program, e.g. that a backup was restored when it started. */
function ProgramNotices() {
  const { data } = useQuery(useApi().app.info.queryOptions({ input: {} }));
  const [read, setRead] = useState<readonly string[]>([]);
  return (data?.notices ?? [])
    .filter((notice) => !read.includes(notice))
    .map((notice) => (
      <Group
        key={notice}
        role="alert"
        className="breaks-words"
        p="8px 16px"
        bg="var(--mantine-color-yellow-light)"
        gap="lg"
        align="flex-start"
        justify="space-between"
        wrap="nowrap"
        style={{ borderBottom: '1px solid var(--mantine-color-yellow-outline)' }}
      >
        <Text>{notice}</Text>
        <Button size="compact-xs" onClick={() => setRead([...read, notice])}>
          Dismiss
        </Button>
      </Group>
    ));
}
