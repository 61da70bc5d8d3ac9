-- The running sums of one cell of rest and experience.
{lasting_sum(value: sur_{cell})} AS rest_sur_{cell},
{lasting_sum(value: priced_{cell})} AS rest_priced_{cell}
