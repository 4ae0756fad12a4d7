import { UserError } from '../../../../contract/wire/errors.ts';

export const variants = ['cpu', 'cuda'] as const;
export type Variant = (typeof variants)[number];

export const tensorflowVersion = '2.21.0';

/** The wheel is the one of this Python, whichever is installed: its library needs no Python, and its hash is known. */
export const wheelPython = '3.12';

/** A wheel on the Python package index. */
export interface PinnedFile {
  /** Name of its project there. */
  project: string;
  /** Its version is the second part of this name. */
  file: string;
  sha256: string;
}

export interface Wheel extends PinnedFile {
  bytes: number;
}

/** A build of TensorFlow, identified by the hash of its wheel. */
export interface Release {
  /** Name of the installation's folder. */
  id: string;
  variant: Variant;
  wheel: Wheel;
  /** Platform tags of this machine for pip, the most specific first. */
  platforms: readonly string[];
  /** Further packages to unpack. */
  companions: readonly PinnedFile[];
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

/**
 * The wheel's extra `and-cuda`, by the hash of each file: newest versions that the ranges in its METADATA allowed when
 * they were pinned. With another TensorFlow, pin them anew (`pip install --dry-run --report`).
 */
const cudaLibraries: readonly PinnedFile[] = [
  {
    project: 'nvidia-cublas-cu12',
    file: 'nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl',
    sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
  },
  {
    project: 'nvidia-cuda-cupti-cu12',
    file: 'nvidia_cuda_cupti_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
  },
  {
    project: 'nvidia-cuda-nvcc-cu12',
    file: 'nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
  },
  {
    project: 'nvidia-cuda-nvrtc-cu12',
    file: 'nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
  },
  {
    project: 'nvidia-cuda-runtime-cu12',
    file: 'nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
  },
  {
    project: 'nvidia-cudnn-cu12',
    file: 'nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
  },
  {
    project: 'nvidia-cufft-cu12',
    file: 'nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
  },
  {
    project: 'nvidia-curand-cu12',
    file: 'nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
  },
  {
    project: 'nvidia-cusolver-cu12',
    file: 'nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl',
    sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
  },
  {
    project: 'nvidia-cusparse-cu12',
    file: 'nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
  },
  {
    project: 'nvidia-nccl-cu12',
    file: 'nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl',
    sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
  },
  {
    project: 'nvidia-nvjitlink-cu12',
    file: 'nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
    sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
  },
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
  return new UserError(
    'engine.unsupported',
    `TensorFlow (${variant}) is not published for ${where}`,
    'this machine',
    'Nothing needs to be done: the wasm engine works everywhere.',
  );
}
