export const taughtElsewhere = 'The accuracy on test images that were held out is in Results, Teachers.';

/** Said beside test accuracies of networks that test images were taught. */
export const taughtNote = `Some networks were taught test images: these count in their test accuracy. ${taughtElsewhere}`;
