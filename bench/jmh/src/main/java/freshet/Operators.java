package freshet;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.reactivestreams.Subscription;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The workloads of bench/ops, element for element, in Reactor. Figures are ns an
 * element, but for subscribe, which is ns a subscription, and fanOut, which is ns a
 * subscriber.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class Operators {
    static final int N = 10_000;
    static final int INNER = 10;
    static final int SUBSCRIBERS = 1000;

    final Scheduler single = Schedulers.newSingle("jmh", true);
    final Flux<Integer> three = three(Flux.range(1, 1));

    final Sinks.Many<Integer> hot = Sinks.many().multicast().directBestEffort();

    public Operators() {
        for (int i = 0; i < SUBSCRIBERS; i++) {
            hot.asFlux().subscribe(new Summing(Long.MAX_VALUE));
        }
    }

    static Flux<Integer> three(Flux<Integer> src) {
        return src.map(v -> v + 1).filter(v -> v % 2 == 0).map(v -> v * 3);
    }

    @Benchmark @OperationsPerInvocation(N)
    public long chain() { return sum(three(Flux.range(0, N)), Long.MAX_VALUE); }

    @Benchmark @OperationsPerInvocation(N)
    public long chainByOne() { return sum(three(Flux.range(0, N)), 1); }

    @Benchmark @OperationsPerInvocation(N)
    public long scan() { return sum(Flux.range(0, N).scan(Integer::sum), Long.MAX_VALUE); }

    @Benchmark @OperationsPerInvocation(N)
    public long distinctUntilChanged() {
        return sum(Flux.range(0, N).map(v -> v / 2).distinctUntilChanged(), Long.MAX_VALUE);
    }

    @Benchmark @OperationsPerInvocation(N)
    public long merge() {
        Flux<Integer> r = Flux.range(0, N / 4);
        return sum(Flux.merge(r, r, r, r), Long.MAX_VALUE);
    }

    @Benchmark @OperationsPerInvocation(N)
    public long flatMap() {
        return sum(Flux.range(0, N / INNER).flatMap(v -> Flux.range(v, INNER)), Long.MAX_VALUE);
    }

    @Benchmark @OperationsPerInvocation(N)
    public long flatMapJust() { return sum(Flux.range(0, N).flatMap(Flux::just), Long.MAX_VALUE); }

    @Benchmark @OperationsPerInvocation(N)
    public long concatMap() {
        return sum(Flux.range(0, N / INNER).concatMap(v -> Flux.range(v, INNER)), Long.MAX_VALUE);
    }

    @Benchmark @OperationsPerInvocation(N)
    public long zip() {
        return sum(Flux.zip(Flux.range(0, N), Flux.range(1, N), Integer::sum), Long.MAX_VALUE);
    }

    @Benchmark @OperationsPerInvocation(N)
    public long bufferTimeout() {
        return sum(Flux.range(0, N).bufferTimeout(100, Duration.ofSeconds(1)).map(b -> b.size()), Long.MAX_VALUE);
    }

    @Benchmark @OperationsPerInvocation(N)
    public long groupBy() {
        return sum(Flux.range(0, N).groupBy(v -> v % INNER).flatMap(g -> g), Long.MAX_VALUE);
    }

    /** Hidden, so that every element is handed over. */
    @Benchmark @OperationsPerInvocation(N)
    public long publishOn() throws InterruptedException { return hop(Flux.range(0, N).hide()); }

    /** The other thread counts by itself, as publishOn asks the range to let it. */
    @Benchmark @OperationsPerInvocation(N)
    public long publishOnFused() throws InterruptedException { return hop(Flux.range(0, N)); }

    long hop(Flux<Integer> src) throws InterruptedException {
        Summing s = new Summing(Long.MAX_VALUE);
        src.publishOn(single).subscribe(s);
        s.done.await();
        return s.sum;
    }

    @Benchmark
    public long subscribe() { return sum(three, Long.MAX_VALUE); }

    @Benchmark @OperationsPerInvocation(SUBSCRIBERS)
    public Object fanOut() { return hot.tryEmitNext(1); }

    static long sum(Flux<Integer> f, long step) {
        Summing s = new Summing(step);
        f.subscribe(s);
        return s.sum;
    }

    /** Adds what it receives; step is its demand. */
    static final class Summing implements CoreSubscriber<Integer> {
        final CountDownLatch done = new CountDownLatch(1);
        final long step;
        long sum;
        Subscription up;

        Summing(long step) { this.step = step; }

        @Override public void onSubscribe(Subscription s) {
            up = s;
            s.request(step);
        }

        @Override public void onNext(Integer v) {
            sum += v;
            if (step != Long.MAX_VALUE) {
                up.request(step);
            }
        }

        @Override public void onError(Throwable t) { throw new IllegalStateException(t); }
        @Override public void onComplete() { done.countDown(); }
    }
}
