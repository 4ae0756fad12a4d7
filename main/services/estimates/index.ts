export { forecast, type ForecastTools } from './forecast.ts';
export { studyCost } from './study-cost.ts';
