import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'wouter';

interface Named extends ButtonProps {
  title?: string | undefined;
  'aria-label'?: string | undefined;
  children: ReactNode;
}

/** What `useMutation` returned. */
export interface Call<Input> {
  isPending: boolean;
  mutate: (input: Input) => void;
}

/** Makes a call, and is busy until it is answered. */
export function CallButton<Input>({ call, input, ...button }: Named & { call: Call<Input>; input: NoInfer<Input> }) {
  return <Button {...button} loading={call.isPending} onClick={() => call.mutate(input)} />;
}

/** Goes to another screen. */
export const LinkButton = ({ to, ...button }: Named & { to: string; onClick?: () => void }) => (
  <Button {...button} component={Link} href={to} />
);

/** A button that looks like a link in a text. */
export const TextButton = ({ className = '', ...button }: ComponentProps<'button'>) => (
  <button type="button" {...button} className={`link-button ${className}`.trim()} />
);
