const ID = '42bf6e34-a17c-431f-90d1-936625d0a57d';

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;
const encode = (value) => btoa(JSON.stringify(value)).replaceAll('=', '');

/** An access token that ends at `exp`, in seconds. */
export const aToken = (exp = inAnHour(), name = 'one') =>
  `${encode({ alg: 'HS256' })}.${encode({ exp, name })}.signature`;

export const aUser = (part = {}) => ({
  id: 7,
  username: 'lola',
  email: 'lola@example.org',
  display_name: 'Lola',
  is_instructor: false,
  preferences: {
    auto_save_choreographies: true,
    default_difficulty: null,
    language: null,
    ...part.preferences,
  },
  date_joined: '2026-11-01T10:00:00Z',
});

export const aLogin = (part = {}) => ({
  access: aToken(),
  refresh: 'refresh-token-one',
  token_type: 'Bearer',
  expires_in: 3600,
  user: aUser(),
  ...part,
});

/** Sign in without asking anybody. */
export function signIn(part = {}) {
  const { access, refresh, user } = aLogin(part);
  localStorage.setItem('access_token', access);
  localStorage.setItem('refresh_token', refresh);
  localStorage.setItem('user', JSON.stringify(user));
}

export const aSong = (part = {}) => ({
  id: ID,
  title: 'Noche de Papel',
  artist: 'Demo Trio',
  tempo_bpm: 125,
  duration_s: 80.51,
  size_bytes: 1_200_000,
  is_own: false,
  audio_input: `song:${part.id ?? ID}`,
  added_at: '2026-11-01T10:00:00Z',
  ...part,
});

export const aTask = (part = {}) => ({
  task_id: ID,
  status: 'running',
  progress: 40,
  stage: 'selecting',
  message: 'Selecting dance moves...',
  result: null,
  error: null,
  error_code: null,
  phase: 'running',
  job_execution_name: 'job-1',
  attempt: 1,
  parameters: {
    audio_input: `song:${ID}`,
    difficulty: 'beginner',
    energy_level: null,
    style: 'romantic',
    camera: 'stay',
    seed: 3,
  },
  song: { title: 'Noche de Papel', artist: 'Demo Trio' },
  queue_position: null,
  time_left_s: 8,
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:05Z',
  ...part,
});

export const aResult = (part = {}) => ({
  video_path: 'choreographies/one.mp4',
  video_filename: 'one.mp4',
  processing_time: 7.5,
  sequence_duration: 80.5,
  moves_analyzed: 9,
  metadata_path: null,
  saved_choreography_id: null,
  auto_saved: false,
  video_url: '/api/media/choreographies/one.mp4?expires=1&signature=a',
  thumbnail_url: '/api/media/choreographies/one.jpg?expires=1&signature=a',
  duration: 80.5,
  moves_count: 14,
  tempo_bpm: 125,
  relaxed: [],
  ...part,
});

export const aFinishedTask = (part = {}) =>
  aTask({
    status: 'completed',
    phase: 'completed',
    stage: 'completed',
    progress: 100,
    time_left_s: null,
    result: aResult(),
    ...part,
  });

export const anAccepted = (part = {}) => ({
  task_id: ID,
  status: 'started',
  job_execution_name: null,
  message: 'Choreography generation started',
  poll_url: `/api/choreography/tasks/${ID}`,
  ...part,
});

export const aSaved = (part = {}) => ({
  id: ID,
  title: 'Noche de Papel',
  difficulty: 'beginner',
  duration: 80.5,
  notes: '',
  created_at: '2026-11-21T10:00:00Z',
  updated_at: '2026-11-21T10:00:00Z',
  task_id: null,
  origin: 'dancer',
  is_auto_saved: false,
  music_info: null,
  generation_parameters: null,
  tempo_bpm: 125,
  relaxed: [],
  video_url: '/api/media/choreographies/one.mp4?expires=1&signature=a',
  thumbnail_url: null,
  timeline_url: null,
  ...part,
});

export const someStatistics = (part = {}) => ({
  total_count: 3,
  total_duration: 240,
  recent_count: 1,
  by_difficulty: { beginner: 3, intermediate: 0, advanced: 0 },
  favorite_moves: [{ move_label: 'lady_left_turn', count: 4 }],
  ...part,
});

export const aMove = (part = {}) => ({
  clip_id: 'drawn_basic_step_1',
  name: 'Basic step',
  move_label: 'basic_step',
  difficulty: 'beginner',
  energy_level: 'medium',
  lead_follow_roles: 'both',
  tempo_bpm: 125,
  duration_s: 8,
  score: 0.9,
  thumbnail_url: '/api/media/moves/a.jpg?expires=1&signature=a',
  preview_url: '/api/media/moves/a.mp4?expires=1&signature=a',
  ...part,
});

export const aPage = (results, part = {}) => ({
  count: results.length,
  page: 1,
  page_size: 20,
  next: null,
  previous: null,
  results,
  ...part,
});
