import { UserError } from '../../../../contract/errors.ts';

export const variants = ['cpu', 'cuda'] as const;
export type Variant = (typeof variants)[number];

export const tensorflowVersion = '2.21.0';

/** The wheel is the one of this Python, whichever is installed: its library needs no Python, and its hash is known. */
export const wheelPython = '3.12';

export interface Wheel {
  /** Name of the project on the Python package index. */
  project: string;
  file: string;
  bytes: number;
  sha256: string;
}

/** A build of TensorFlow, identified by the hash of its wheel. */
export interface Release {
  /** Name of the installation's folder. */
  id: string;
  variant: Variant;
  wheel: Wheel;
  /** Platform tags of this machine for pip, the most specific first. */
  platforms: readonly string[];
  /** Further packages to unpack, as requirements for pip, which verifies their hashes. */
  companions: readonly string[];
  /** Disk space that an installation needs temporarily: downloads and unpacked files. */
  diskBytes: number;
}

const linuxTags = { x64: 'x86_64', arm64: 'aarch64' } as const;

const wheels: Record<'cpu x64' | 'cpu arm64' | 'cuda x64', Wheel> = {
  'cpu x64': {
    project: 'tensorflow-cpu',
    file: 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
    bytes: 274_000_871,
    sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
  },
  'cpu arm64': {
    project: 'tensorflow',
    file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl',
    bytes: 281_946_471,
    sha256: 'b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552',
  },
  'cuda x64': {
    project: 'tensorflow',
    file: 'tensorflow-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl',
    bytes: 572_611_111,
    sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
  },
};

/** Requirements of the wheel's extra `and-cuda` (from its METADATA). */
const cudaLibraries = [
  'nvidia-cublas-cu12<13.0,>=12.5.3.2',
  'nvidia-cuda-cupti-cu12<13.0,>=12.5.82',
  'nvidia-cuda-nvcc-cu12<13.0,>=12.5.82',
  'nvidia-cuda-nvrtc-cu12<13.0,>=12.5.82',
  'nvidia-cuda-runtime-cu12<13.0,>=12.5.82',
  'nvidia-cudnn-cu12<10.0,>=9.3.0.75',
  'nvidia-cufft-cu12<12.0,>=11.2.3.61',
  'nvidia-curand-cu12<11.0,>=10.3.6.82',
  'nvidia-cusolver-cu12<12.0,>=11.6.3.83',
  'nvidia-cusparse-cu12<13.0,>=12.5.1.3',
  'nvidia-nccl-cu12<3.0,>=2.27.7',
  'nvidia-nvjitlink-cu12<13.0,>=12.5.82',
];

export interface System {
  platform: string;
  arch: string;
  /** Version of the GNU C library, e.g. `2.36`; undefined on systems with another one (musl). */
  glibc: string | undefined;
}

export function thisSystem(): System {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: report.header?.glibcVersionRuntime };
}

/** The build for a machine. @throws UserError `engine.unsupported` if TensorFlow publishes none for it */
export function releaseFor(variant: Variant, { platform, arch, glibc }: System = thisSystem()): Release {
  const key = `${variant} ${arch}`;
  if (platform !== 'linux' || !(key in wheels)) throw unsupported(variant, `${platform} on ${arch}`);
  if (!glibc || !atLeast(glibc, [2, 27])) throw unsupported(variant, `a C library other than glibc 2.27 or newer`);
  const tag = linuxTags[arch as keyof typeof linuxTags];
  const cuda = variant === 'cuda';
  return {
    id: `${tensorflowVersion}-${variant}`,
    variant,
    wheel: wheels[key as keyof typeof wheels],
    platforms: [`manylinux_2_27_${tag}`, `manylinux_2_17_${tag}`, `manylinux2014_${tag}`],
    companions: cuda ? cudaLibraries : [],
    diskBytes: cuda ? 10e9 : 1.2e9,
  };
}

function atLeast(version: string, [major, minor]: [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

function unsupported(variant: Variant, where: string): UserError {
  return new UserError({
    code: 'engine.unsupported',
    what: `TensorFlow (${variant}) is not published for ${where}`,
    where: 'this machine',
    remedy: 'Nothing needs to be done: the wasm engine works everywhere.',
  });
}
