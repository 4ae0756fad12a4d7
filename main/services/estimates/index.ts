export { forecast, studyCost, type ForecastTools } from './forecast.ts';
